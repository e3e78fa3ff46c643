// What is no recording, or a damaged one, is refused with its place: file, line, step, and what was expected there.
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <scenarios/verify/verify.hpp>

namespace {

using namespace chronofault::verify;
using nlohmann::json;

namespace fs = std::filesystem;

class VectorFolder {
 public:
  VectorFolder() {
    std::string name = (fs::temp_directory_path() / "damaged-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  VectorFolder(const VectorFolder&) = delete;
  VectorFolder& operator=(const VectorFolder&) = delete;
  ~VectorFolder() { fs::remove_all(path_); }
  fs::path file(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }
  fs::path path() const { return path_; }

 private:
  fs::path path_;
};

std::string packed(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string in = text;
  std::string out(deflateBound(&stream, in.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// Empty: it was taken. Without the folder's name.
std::string refusal(const std::string& system, const fs::path& file) {
  try {
    Tally tally;
    checkers().at(system)(VectorFile::read(file.string()), tally);
  } catch (const BadVectors& bad) {
    const std::string text = bad.what();
    const std::string folder = file.parent_path().string() + "/";
    CHECK(text.starts_with(folder));
    return text.substr(std::min(folder.size(), text.size()));
  }
  return "";
}

json zookeeper_trace() {
  return json::parse(R"({"id": "x/1", "kind": "random",
    "server": {"tickTime": 250, "minSessionTimeout": 500, "maxSessionTimeout": 120000},
    "steps": [
      {"s": "s1", "op": "connect", "timeout": 30000, "->": {"err": "OK", "timeout": 30000, "zxid": 1}},
      {"s": "s1", "op": "create", "path": "/a", "mode": "persistent", "data": "",
       "->": {"err": "OK", "zxid": 2, "path": "/a"}},
      {"s": "s1", "op": "removeWatches", "path": "/a", "type": "any", "->": {"err": "NOWATCHER", "zxid": 2}},
      {"s": "s1", "op": "delete", "path": "/a", "version": 0, "->": {"err": "OK", "zxid": 3}}]})");
}

json database_trace() {
  return json::parse(R"({"id": "x", "server": "mariadb", "family": "directed", "sessions": 1,
    "tables": [{"name": "t", "cols": [["id", "int"], ["v", "str"]], "pk": ["id"], "idx": [], "rows": [[1, "a"]]}],
    "steps": [{"s": 1, "op": "select", "t": "t", "where": {"via": "pk", "eq": [1]}, "res": {"rows": [[1, "a"]]}}],
    "final": {"t": [[1, "a"]]}})");
}

struct Damage {
  const char* at;  // JSON pointer
  json value;      // null: taken away
  const char* says;
};

void check(const std::string& system, const std::string& name, const json& sound, const std::vector<Damage>& all) {
  const VectorFolder folder;
  CHECK(refusal(system, folder.file(name, sound.dump())).empty());
  for (const Damage& damage : all) {
    json trace = sound;
    const json::json_pointer at(damage.at);
    if (damage.value.is_null()) {
      trace.at(at.parent_pointer()).erase(at.back());
    } else {
      trace[at] = damage.value;
    }
    const std::string text = refusal(system, folder.file(name, "\n" + trace.dump() + "\n"));
    INFO(damage.at << ": " << text);
    CHECK(text.starts_with(name + ":2: "));
    CHECK(text.find(damage.says) != std::string::npos);
    CHECK(text.find("json.exception") == std::string::npos);
  }
}

}  // namespace

TEST_CASE("ZooKeeper traces: names, types, ranges and sessions are looked at before anything is played",
          "[zookeeper:13]") {
  check("zookeeper", "random.jsonl", zookeeper_trace(),
        {{"/id", nullptr, "lacks 'id'"},
         {"/id", "", "'id' is empty"},
         {"/kind", "odd", "unknown kind of trace 'odd'; expected one of container, curator, ensemble"},
         {"/server/tickTime", 0, "'tickTime' is 0, not in [1, "},
         {"/server/maxSessionTimeout", nullptr, "lacks 'maxSessionTimeout'"},
         {"/steps", json::array(), "'steps' is empty"},
         {"/steps", 5, "'steps' is not a list: 5"},
         {"/steps/1", 5, "step 2: not an object"},
         {"/steps/1/op", "flyx", "step 2: unknown op 'flyx'; expected one of "},
         {"/steps/1/op", nullptr, "step 2: lacks 'op'"},
         {"/steps/1/mode", "weird", "step 2: unknown mode 'weird'; expected one of container, ephemeral"},
         {"/steps/1/path", nullptr, "step 2: lacks 'path'"},
         {"/steps/1/path", 7, "step 2: 'path' is not a text: 7"},
         {"/steps/2/type", "q", "step 3: unknown type 'q'; expected one of any, children, data"},
         {"/steps/0/to", 9, "step 1: 'to' is 9, not in [1, 1]"},
         {"/steps/3",
          {{"s", "-"}, {"op", "kill"}, {"server", 9}, {"->", {{"err", "OK"}}}},
          "step 4: 'server' is 9, not in [1, 1]"},
         {"/steps/3", {{"s", "-"}, {"op", "sleep"}, {"ms", -5}, {"->", {{"err", "OK"}}}}, "step 4: 'ms' is -5"},
         {"/steps/3/version", std::int64_t{1} << 40, "step 4: 'version' is 1099511627776, not in "},
         {"/steps/3/->", 5, "step 4: '->' is not an object: 5"},
         {"/steps/3/->", nullptr, "step 4: lacks '->'"},
         {"/steps/3/->/err", "NOPE", "step 4: unknown error 'NOPE'; expected one of AUTHFAILED"},
         {"/steps/3/s", "s9", "step 4: session 's9' has not connected"},
         {"/steps/1", zookeeper_trace()["steps"][0], "step 2: session 's1' connects twice"}});
}

TEST_CASE("Curator traces likewise", "[zookeeper:13]") {
  const json sound = json::parse(R"({"id": "c", "kind": "curator", "sessionTimeoutMs": 3000, "path": "/r",
    "steps": [{"op": "multi", "ops": [["create", "/r", "x"]], "->": {"states": [], "events": []}},
              {"op": "start", "cache": "TreeCache",
               "->": {"states": [], "events": [["NODE_ADDED", "/r", "x"], ["INITIALIZED", null]]}}]})");
  check("zookeeper", "curator.jsonl", sound,
        {{"/steps/1/cache", "X", "step 2: unknown cache 'X'; expected one of CuratorCache"},
         {"/steps/0/ops/0/0", "fly", "step 1: unknown change 'fly'; expected one of create, delete, set"},
         {"/steps/0/op", "fly", "step 1: unknown op 'fly'; expected one of cut"},
         {"/steps/0/->/states", nullptr, "step 1: lacks 'states'"},
         {"/sessionTimeoutMs", 0, "'sessionTimeoutMs' is 0"}});
}

TEST_CASE("schedules of a database likewise", "[database:1]") {
  check("database", "mariadb-directed.jsonl", database_trace(),
        {{"/id", nullptr, "lacks 'id'"},
         {"/steps", json::array(), "'steps' is empty"},
         {"/steps/0/op", "flyx", "step 1: unknown op 'flyx'; expected one of begin, commit"},
         {"/steps/0/s", std::int64_t{1} << 40, "step 1: 's' is 1099511627776, not in [0, 1]"},
         {"/steps/0/t", "u", "step 1: no such table: \"u\""},
         {"/steps/0/where/via", "k", "step 1: unknown access path 'k'; expected one of pk, scan"},
         {"/steps/0/lock", "q", "step 1: unknown lock 'q'; expected one of share, update"},
         {"/steps/0/limit", -1, "step 1: 'limit' is -1"},
         {"/steps/0/res", 5, "step 1: 'res' is not an object: 5"},
         {"/tables/0/pk/0", "zz", "table 't': unknown column 'zz'; expected one of id, v"},
         {"/tables/0/cols/0/1", "float", "table 't': unknown type 'float'"},
         {"/tables/0/rows/0", json::array({1}), "table 't': not a row of the table: [1]"},
         {"/tables/0/rows/0/0", "x", "table 't': \"x\" cannot be in column 'id'"},
         {"/tables/0/rows/1", json::array({1, "b"}), "table 't': two rows have the key [1]"},
         {"/tables/1", database_trace()["tables"][0], "two tables are called 't'"},
         {"/final", nullptr, "lacks 'final'"}});
}

TEST_CASE("files of every system: folders, what follows a gzip stream, NUL bytes, cut text", "[zookeeper:13]") {
  const VectorFolder folder;
  fs::create_directory(folder.path() / "dd.jsonl");
  const std::map<std::string, std::pair<std::string, std::string>> sound{
      {"zookeeper", {"random.jsonl", zookeeper_trace().dump() + "\n"}},
      {"database", {"mariadb-directed.jsonl", database_trace().dump() + "\n"}},
      {"quartz",
       {"cron.jsonl", R"({"i":"c1","c":"hand","e":"0 0 12 * * ?","z":"UTC","t":0,"n":[43200000,129600000]})"
                      "\n"}}};
  for (const auto& [system, file] : sound) {
    const auto& [name, text] = file;
    INFO(system);
    CHECK(refusal(system, folder.path() / "dd.jsonl") == "dd.jsonl: is a folder");
    CHECK(refusal(system, folder.path() / "none.jsonl") == "none.jsonl: no such file");
    CHECK(refusal(system, folder.file(name, text)).empty());
    const std::string gz = name + ".gz";
    CHECK(refusal(system, folder.file(gz, packed(text))).empty());
    CHECK(refusal(system, folder.file(gz, packed(text) + packed(text))).empty());
    CHECK(refusal(system, folder.file(gz, packed(text) + "garbage")) == gz + ": 7 bytes after its end");
    CHECK(refusal(system, folder.file(gz, packed(text).substr(0, 40))) ==
          gz + ": damaged: it does not unpack to its end");
    CHECK(refusal(system, folder.file(name, text + text.substr(0, text.size() - 1) + std::string(1, '\0') + "\n")) ==
          name + ":2: holds a NUL byte");
    CHECK(refusal(system, folder.file(name, text + text.substr(0, 40) + "\n")).starts_with(name + ":2: "));
    CHECK(refusal(system, folder.file(name, text + "[]\n")).starts_with(name + ":2: not a JSON object"));
  }
}
