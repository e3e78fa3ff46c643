#include <scenarios/verify/verify.hpp>

namespace chronofault::verify {

void Tally::trace() { ++traces_; }

void Tally::reproduced(std::string_view operation) {
  Share& of = share(operation);
  ++of.steps;
  ++of.reproduced;
}

void Tally::differs(Difference difference) {
  ++share(difference.operation).steps;
  ++different_;
  if (differences_.size() < kept_max) differences_.push_back(std::move(difference));
}

void Tally::skipped(std::string_view operation) { ++share(operation).skipped; }

Share& Tally::share(std::string_view operation) {
  const auto found = shares_.find(operation);
  if (found != shares_.end()) return found->second;
  return shares_.emplace(std::string(operation), Share{}).first->second;
}

}  // namespace chronofault::verify
