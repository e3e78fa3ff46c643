// chronofault verify: what it prints, and what it refuses.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace chronofault::tests;

namespace {

// A case of Quartz' recordings, and the same with one wrong answer.
constexpr const char* right =
    R"({"i":"c1","c":"hand","e":"0 0 12 * * ?","z":"UTC","t":0,"n":[43200000,129600000,216000000,302400000,388800000]})";
constexpr const char* wrong =
    R"({"i":"c2","c":"hand","e":"0 0 12 * * ?","z":"UTC","t":0,"n":[43200000,129600000,216000000,302400000,388800001]})";

}  // namespace

TEST_CASE("verify counts what is reproduced and names what differs", "[cli]") {
  const Folder folder;
  const std::string good = folder.file("cron.jsonl", std::string(right) + "\n");
  const Ran same = chronofault_in(folder, {"verify", "quartz", good});
  CHECK(same.status == 0);
  CHECK(same.out.find("quartz: 1 traces; 1 of 1 steps reproduced (100.00 %); 0 skipped") != std::string::npos);

  const std::string bad = folder.file("cron.jsonl", std::string(right) + "\n\n" + wrong + "\n");
  const Ran differs = chronofault_in(folder, {"verify", "quartz", bad});
  CHECK(differs.status == 1);
  CHECK(differs.out.find("cron.jsonl:3: trace c2") != std::string::npos);
  CHECK(differs.out.find("388800001") != std::string::npos);
  CHECK(differs.out.find("1 of 2 steps reproduced (50.00 %)") != std::string::npos);

  const Ran json = chronofault_in(folder, {"verify", "quartz", bad, "--json"});
  CHECK(json.status == 1);
  CHECK(json.out.find("\"different\": 1") != std::string::npos);
}

TEST_CASE("verify refuses what is no recording, with file and line", "[cli]") {
  const Folder folder;
  const auto refused = [&](const std::string& system, const std::string& file, const std::string& says) {
    const Ran ran = chronofault_in(folder, {"verify", system, file});
    INFO(ran.out << ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err.find(says) != std::string::npos);
  };
  refused("postgres", folder.file("a.jsonl", "{}\n"), "known: database, elasticjob, quartz, zookeeper");
  refused("quartz", folder.path() + "/none.jsonl", "no such file");
  refused("quartz", folder.file("cron.txt", "x"), "recordings end in .jsonl or .json");
  refused("quartz", folder.file("cron.jsonl", "\n\n"), "holds no case");
  refused("quartz", folder.file("unheard.jsonl", "{}\n"), "unheard.jsonl");
  refused("quartz", folder.file("cron.jsonl", std::string(right) + "\n{\"i\": \n"), "cron.jsonl:2: ");
  refused("quartz", folder.file("cron.jsonl", std::string(right) + "\n{\"i\": \"c3\"}\n"), "cron.jsonl:2: ");
  refused("elasticjob", folder.file("unheard.json", "{}"), "unheard.json: no cases of ElasticJob");
  refused("elasticjob", folder.file("reconcile.json", "{\"cases\": 1}"), "reconcile.json: not a JSON object with");
  refused("elasticjob", folder.file("reconcile.json", "{\"cases\": [{\"id\": \"due\"}]}"),
          "reconcile.json:1: case due");
  refused("zookeeper", folder.file("random.jsonl", "{\"id\": 1}\n"), "random.jsonl:1: ");
  refused("database", folder.file("mariadb-random.jsonl", "{\"id\": 1}\n"), "mariadb-random.jsonl:1: ");
  const Ran cut =
      shell_in(folder, "gzip -c <" + folder.file("b.jsonl", std::string(4'000, 'x')) +
                           " | head -c 30 >cron.jsonl.gz; '" + program_path() + "' verify quartz cron.jsonl.gz");
  CHECK(cut.status == 2);
  CHECK(cut.err.find("damaged") != std::string::npos);
}
