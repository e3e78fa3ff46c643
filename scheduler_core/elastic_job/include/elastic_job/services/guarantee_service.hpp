#pragma once

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

class GuaranteeService final : public Guarantee {
 public:
  GuaranteeService(JobStorage& storage, Configurations& configurations)
      : storage_(storage), configurations_(configurations) {}

  Task<> register_start(std::vector<int> items) override;
  Task<bool> is_register_start_success(std::vector<int> items) override;
  Task<bool> is_all_started() override;
  Task<> clear_started() override;
  Task<> register_complete(std::vector<int> items) override;
  Task<bool> is_register_complete_success(std::vector<int> items) override;
  Task<bool> is_all_completed() override;
  Task<> clear_completed() override;
  Task<> in_leader_for_last_started(std::function<Task<>()> action) override;
  Task<> in_leader_for_last_completed(std::function<Task<>()> action) override;

 private:
  Task<bool> all_exist(std::vector<int> items, std::string (*node_of)(int item));
  Task<> run_if_still_full(bool started, const std::function<Task<>()>* action);

  JobStorage& storage_;
  Configurations& configurations_;
};

}  // namespace chronofault::elastic_job
