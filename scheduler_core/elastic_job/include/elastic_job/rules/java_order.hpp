// How Java orders and lays out what upstream iterates over.
#pragma once

#include <string>
#include <vector>

namespace chronofault::elastic_job {

/// Collections.sort(reverseOrder()): by UTF-16 code units, largest first (elasticjob 2.3 `children`).
void sort_descending(std::vector<std::string>& texts);

/// The iteration order of `new HashMap<>(n, 1)` over n items (elasticjob 7.6): by item mod P, P the smallest power of
/// two that is at least n; ties in the order in which they were put.
std::vector<int> item_map_order(const std::vector<int>& items);

}  // namespace chronofault::elastic_job
