// The dialect postgresql (database 4): PostgreSQL 15. SERIALIZABLE is refused (4.8).
#pragma once

#include <memory>

#include "../dialect.hpp"

namespace chronofault::sim::postgresql {

std::unique_ptr<DialectEngine> make_engine(DatabaseStorage& storage);

}  // namespace chronofault::sim::postgresql
