#include <scenarios/verify/verify.hpp>

#include "database.hpp"
#include "elasticjob.hpp"
#include "quartz.hpp"
#include "zookeeper.hpp"

namespace chronofault::verify {

const std::map<std::string, Checker, std::less<>>& checkers() {
  static const std::map<std::string, Checker, std::less<>> all{{"database", verify_database},
                                                               {"elasticjob", verify_elasticjob},
                                                               {"quartz", verify_quartz},
                                                               {"zookeeper", verify_zookeeper}};
  return all;
}

}  // namespace chronofault::verify
