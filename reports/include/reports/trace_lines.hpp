// The whole trace as JSON lines, one record each, in order:
//
//   {"id":7,"step":3,"ordinal":1,"at":"2022-02-24T02:59:08.160000Z","us":1645671548160000,"host":"lz.host",
//    "process":"lz","kind":"send","label":"Ping","peer":"xz","number":12,"causes":[4,6]}
//
// `ordinal` counts the records of a step from 1. Domain records have "event" with the fields that apply, and no number.
#pragma once

#include <ostream>

#include <sim/trace/trace.hpp>

namespace chronofault::reports {

/// False: the stream failed.
bool write_trace(std::ostream& out, const sim::Trace& trace);

}  // namespace chronofault::reports
