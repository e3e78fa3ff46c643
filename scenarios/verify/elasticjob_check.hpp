// What every check of a case needs: the stage, the process's registry as it is given, the job's configuration, the
// collaborators' log; and how it goes.
#pragma once

#include "elasticjob_collaborators.hpp"
#include "elasticjob_stage.hpp"
#include "elasticjob_tree.hpp"

namespace chronofault::verify::elasticjob {

inline constexpr const char* own_id_default = "127.0.0.1@-@0";
inline constexpr const char* job_default = "test_job";

class Check {
 public:
  /// Keys `own`, `shutdown`, `running`, `count`, `total`, and those of the configuration that rules ask for.
  explicit Check(Case& c);
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;

  /// Calls, and compares.
  void play();

 protected:
  ~Check() = default;
  /// The call of the case; what it throws is the case's error.
  virtual Task<> call() = 0;
  /// What can be told only afterwards.
  virtual void look_back() {}
  void result(json value) { outcome.values["result"] = std::move(value); }
  const Facts& given() const noexcept { return c.given(); }

  Case& c;
  Stage stage;
  Log log;
  Outcome outcome;
  JobConfiguration configuration;
  JobRegistry registry;
  JobContext context;
  PlayedController controller;
  PlayedStorage storage;
  PlayedConfigurations configurations;
};

template <class C>
void play(Case& c) {
  C(c).play();
}

Items items_of(const json& list);
/// `static_sharding`, and `sharding_children` if it says what is there.
bool static_and_sharded(const Facts& given);

}  // namespace chronofault::verify::elasticjob
