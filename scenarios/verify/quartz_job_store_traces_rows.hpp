// What a job store holds, in the words of the recordings: a text for each trigger, job, fired trigger, paused group and
// instance, by "T|group.name" and so on.
#pragma once

#include <map>
#include <string>

#include <quartz/job.hpp>
#include <quartz/memory_store.hpp>
#include <sim/database/storage.hpp>

namespace chronofault::verify::quartz {

using StoreRows = std::map<std::string, std::string>;

std::string text_of(const triggers::TriggerKey& key);

/// `names`: what the recording calls fire instance ids.
StoreRows rows_of(const sim::DatabaseStorage& storage, const std::map<std::string, std::string>& names);
StoreRows rows_of(const chronofault::quartz::MemoryStore& store);

}  // namespace chronofault::verify::quartz
