// A scenario as it was read and checked. What is still to be drawn stands in its tree; make_plan (plan.hpp) turns it
// into the typed, literal form from which a run starts.
//
// Reading checks all of it: the text, every key, every value at the lowest and at the highest of its draws, every name
// against the system and the cluster, for each variant. A scenario that was read can therefore be planned for every
// seed, save for combinations of draws that only some seeds make (make_plan then says which).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include <ports/system.hpp>
#include <ports/time_zone.hpp>
#include <scenarios/place.hpp>
#include <scenarios/source.hpp>

namespace chronofault::scenarios {

struct Node;

/// Zone by name ("Asia/Shanghai"), null if there is none. The result lives as long as the lookup.
using ZoneLookup = std::function<const TimeZone*(std::string_view)>;

/// What a reading rests on besides the text. The defaults are the program's own.
struct World {
  World();
  std::map<std::string, const System*> systems;  // chronofault::systems()
  ZoneLookup zone;                               // time_zone()
  std::string program_version;
  std::string tzdata_version;
};

struct Variant {
  std::string name;  // like the scenario's, fit for the name of a file
  Profile profile;
};

struct Scenario {
  std::string name;
  std::string summary;
  std::string system;
  std::vector<Variant> variants;                // in file order; a scenario without `variants:` has one, "plain"
  std::optional<std::uint64_t> seed;            // plans have one
  std::optional<std::string> variant;           // plans name theirs
  std::map<std::string, std::string> versions;  // plans: what they were made with; `replay` compares
  std::shared_ptr<const Node> tree;             // includes and chaos scripts merged in
  std::vector<std::string> included;            // files that the scenario and its chaos script include

  /// Null: no such variant.
  const Variant* find(std::string_view variant) const;
};

using ReadResult = tl::expected<Scenario, Problems>;

/// Reads a text. `script`: a chaos script (only `faults:`, `expect:`, `let:`) whose faults are added and whose
/// expectations replace those of all variants; null: none.
ReadResult read_scenario(const Source& source, const Source* script = nullptr, const World& world = World());

/// Reads a file; an empty `script`: none.
ReadResult read_scenario(const std::string& path, const std::string& script = {}, const World& world = World());

/// Reads from memory, without a script if its text is empty.
ReadResult read_scenario_text(const std::string& text, const std::string& name, const std::string& script_text = {},
                              const std::string& script_name = "script", const World& world = World());

/// A whole number as a seed is written: decimal digits only, from 0 to 18446744073709551615.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// True if the file is a chaos script: a map with `faults:` or `expect:` and without `system:`. False also for files
/// that cannot be read: read_scenario says why.
bool is_chaos_script(const std::string& path);

}  // namespace chronofault::scenarios
