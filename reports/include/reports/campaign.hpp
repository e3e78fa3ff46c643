// What `chronofault run` prints of a campaign.
#pragma once

#include <string>

#include <scenarios/campaign.hpp>

namespace chronofault::reports {

/// Per variant: expectations, the other properties that were violated, signatures, reasons. Says nothing of the machine
/// or of how long it took: the same bytes for the same campaign.
std::string to_text(const scenarios::CampaignResult& result);
std::string to_json(const scenarios::CampaignResult& result);

/// A line per run, by variant and seed: the same bytes wherever the runs are the same.
std::string digest_lines(const scenarios::CampaignResult& result);

/// "12.3%", one decimal, from whole numbers; "-" of nothing.
std::string share(std::uint64_t part, std::uint64_t whole);

}  // namespace chronofault::reports
