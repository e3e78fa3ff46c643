#include <catch2/catch.hpp>

#include <reports/table.hpp>

using namespace chronofault::reports;

TEST_CASE("a table aligns, wraps and leaves no blanks at line ends", "[reports]") {
  Table table({{"name"}, {"runs", Table::Align::right}, {"why", Table::Align::left, 12}});
  table.row({"short", "7", ""});
  table.row({"a longer name", "1000", "a reason of many words"});
  table.row({"zürich", "1", "one\ntwo"});
  CHECK(table.text(2) ==
        "  name           runs  why\n"
        "  -------------  ----  -----------\n"
        "  short             7\n"
        "  a longer name  1000  a reason of\n"
        "                       many words\n"
        "  zürich            1  one\n"
        "                       two\n");
}

TEST_CASE("text is wrapped at blanks, long words stay whole", "[reports]") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("onetwothree four", 5) == std::vector<std::string>{"onetwothree", "four"});
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
  CHECK(wrapped("unbroken", 0) == std::vector<std::string>{"unbroken"});
}
