// What a plan carries of the run from which it was written: comment lines before its text.
//
//   # seen: violated no-lost-run owner-acts
//   # seen: digest 0123456789abcdef0123456789abcdef
//   # seen: struck 2022-02-25T02:36:13.5+08:00 pause: {owner: monkey} -> lz
//
// Replaying the plan compares: reproduced, other violation, or passes now. Whom faults struck is for people to read.
#pragma once

#include <string>
#include <vector>

#include <scenarios/plan.hpp>
#include <scenarios/scenario.hpp>
#include <sim/kernel/digest.hpp>

namespace chronofault::cli {

struct Seen {
  std::vector<std::string> violated;  // properties, in the order of the documentation
  std::string digest;                 // 32 digits
  std::vector<std::string> struck;    // whom faults struck that name nobody
};

/// The plan with what was seen before it.
std::string with_seen(const std::string& plan, const Seen& seen);

/// One line that compares; `lines` are Input::seen. Empty: the file carries nothing.
std::string compare(const std::vector<std::string>& lines, const Seen& now, const scenarios::Scenario& then,
                    const scenarios::Plan& plan);

}  // namespace chronofault::cli
