// Recordings of MariaDB and PostgreSQL: interleaved schedules of a few sessions (database 8).
#pragma once

#include <scenarios/verify/verify.hpp>

namespace chronofault::verify {

/// Every file of traces, whatever its family; the trace says which server. Throws BadVectors.
void verify_database(const VectorFile& file, Tally& tally);

}  // namespace chronofault::verify
