// Is a run the same a second time? Two runs of one plan, made by two processes with different heaps and stacks, each
// put down what it saw as text, and the texts are compared:
//
//   1. checkpoints: one digest every few thousand steps. Digests are running ones, so the first pair that differs is
//      found by bisection, and the span before it holds the first step that differs;
//   2. the digest of every step of that span: the step itself;
//   3. the records from that step on: the first that differs, in both versions, with its causes. Draws and payloads are
//      folded but leave no record of their own, so the record may come some steps later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include <scenarios/plan.hpp>
#include <sim/kernel/kernel.hpp>

namespace chronofault::scenarios {

/// Steps after `after`, up to `upto`.
struct StepSpan {
  std::uint64_t after = 0;
  std::uint64_t upto = 0;
};

/// One run, reduced to what another is compared with.
struct RunDigest {
  static constexpr std::uint64_t interval = 4'096;  // steps between checkpoints
  std::uint64_t steps = 0;
  sim::Hash128 digest;
  sim::Hash128 domain_digest;
  std::vector<sim::Checkpoint> checkpoints;
  friend bool operator==(const RunDigest&, const RunDigest&) = default;
};

RunDigest digest_of(const Plan& plan);
/// A line per checkpoint, and a last one for the whole.
std::string to_text(const RunDigest& digest);
tl::expected<RunDigest, std::string> parse_run_digest(std::string_view text);

/// The span that holds the first step that differs; none: the runs are the same.
std::optional<StepSpan> parted(const RunDigest& a, const RunDigest& b);

/// "STEP DIGEST" for each step of the span, in order.
std::vector<std::string> step_digests(const Plan& plan, StepSpan span);
/// A text for each record of the span's steps: its line, and beneath it one line per cause.
std::vector<std::string> record_texts(const Plan& plan, StepSpan span);

/// Index of the first entry that differs, a missing one included; none: they are equal.
std::optional<std::size_t> first_difference(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace chronofault::scenarios
