# From style sheets and scripts, a C++ file that holds each as a text: common.css becomes bp::web::common_css.
#
# A text is cut into literals of some 12,000 bytes, since compilers need only take 65,536 at once.
function close_text() { if (open) print ")~web~\";" }
BEGIN {
  print "// Made from the files in viz/web by embed.awk."
  print "#include \"viz/web.h\"\n"
  print "namespace bp::web {\n"
}
FNR == 1 {
  close_text()
  name = FILENAME
  sub(/.*\//, "", name)
  gsub(/[^A-Za-z0-9]/, "_", name)
  printf "const std::string_view %s = R\"~web~(", name
  open = 1
  length_so_far = 0
}
{
  length_so_far += length($0) + 1
  if (length_so_far > 12000) {
    print ")~web~\""
    printf "R\"~web~("
    length_so_far = 0
  }
  print
}
END {
  close_text()
  print "\n}  // namespace bp::web"
}
