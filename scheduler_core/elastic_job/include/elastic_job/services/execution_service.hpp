#pragma once

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

class ExecutionService final : public Execution {
 public:
  ExecutionService(const JobContext& context, JobStorage& storage, Configurations& configurations)
      : context_(context), storage_(storage), configurations_(configurations) {}

  Task<> register_begin(std::vector<int> items) override;
  Task<> register_completed(std::vector<int> items, std::vector<int> failed) override;
  Task<> clear_running(std::vector<int> items) override;
  Task<> clear_all_running() override;
  Task<bool> has_running(std::vector<int> items) override;
  Task<bool> has_running_all() override;
  Task<bool> misfire_if_running(std::vector<int> items) override;
  Task<> set_misfire(std::vector<int> items) override;
  Task<std::vector<int>> misfired_items(std::vector<int> items) override;
  Task<> clear_misfire(std::vector<int> items) override;
  Task<std::vector<int>> disabled_items(std::vector<int> items) override;
  Task<std::map<int, std::string>> all_running_items() override;

 private:
  Task<std::vector<int>> all_items();

  const JobContext& context_;
  JobStorage& storage_;
  Configurations& configurations_;
};

}  // namespace chronofault::elastic_job
