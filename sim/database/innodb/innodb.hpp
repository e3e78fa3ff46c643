// The dialect innodb (database 3): MariaDB 10.11 / InnoDB.
#pragma once

#include <memory>

#include "../dialect.hpp"

namespace chronofault::sim::innodb {

/// `first_committer_wins`: innodb_snapshot_isolation (database 3.16).
std::unique_ptr<DialectEngine> make_engine(DatabaseStorage& storage, bool first_committer_wins);

}  // namespace chronofault::sim::innodb
