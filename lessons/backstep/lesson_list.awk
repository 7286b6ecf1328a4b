# From the lessons' files, a line of C++ for each: {4, "04_backward", true, "letting the machine apply the chain rule"},
#
# true: it draws a graph by show_graph() of lessons/picture.h, or writes a page itself: one can step through it.
function close_lesson() { if (file) printf "{%d, \"%s\", %s, \"%s\"},\n", number, file, has_page, title }
FNR == 1 { close_lesson(); file = "" }
FNR == 1 && /^\/\/ Lesson [0-9]+: / {
  file = FILENAME
  sub(/.*\//, "", file)
  sub(/\.cpp$/, "", file)
  number = $3 + 0
  title = $0
  sub(/^[^:]*: */, "", title)
  sub(/\r$/, "", title)
  gsub(/["\\]/, "\\\\&", title)
  has_page = "false"
}
/show_graph\(|write_page\(/ { has_page = "true" }
END { close_lesson() }
