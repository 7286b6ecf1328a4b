# From the lessons' files, a line of C++ for each: {4, "04_backward", "letting the machine apply the chain rule"},
FNR == 1 && /^\/\/ Lesson [0-9]+: / {
  file = FILENAME
  sub(/.*\//, "", file)
  sub(/\.cpp$/, "", file)
  number = $3 + 0
  sub(/^[^:]*: */, "")
  sub(/\r$/, "")
  gsub(/["\\]/, "\\\\&")
  printf "{%d, \"%s\", \"%s\"},\n", number, file, $0
}
