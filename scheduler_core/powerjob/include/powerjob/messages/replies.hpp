// The two shapes of an answer: AskResponse between actors, ResultDTO over HTTP.
#pragma once

#include <string>
#include <string_view>

#include <ports/message.hpp>

namespace chronofault::powerjob {

/// data: what the request asks for, as text; empty when there is nothing to say.
struct AskResponse {
  static constexpr std::string_view kind = "AskResponse";
  AskResponse() = default;
  static AskResponse succeed(std::string data);
  static AskResponse failed(std::string message);
  bool success = false;
  std::string data;
  std::string message;
  template <class V>
  void fields(V&& v) const {
    v("success", success);
    v("data", data);
    v("message", message);
  }
};

struct ResultDTO {
  static constexpr std::string_view kind = "ResultDTO";
  ResultDTO() = default;
  static ResultDTO succeed(std::string data);
  static ResultDTO failed(std::string message);
  bool success = false;
  std::string data;
  std::string message;
  template <class V>
  void fields(V&& v) const {
    v("success", success);
    v("data", data);
    v("message", message);
  }
};

inline AskResponse AskResponse::succeed(std::string data) {
  AskResponse answer;
  answer.success = true;
  answer.data = std::move(data);
  return answer;
}
inline AskResponse AskResponse::failed(std::string message) {
  AskResponse answer;
  answer.message = std::move(message);
  return answer;
}
inline ResultDTO ResultDTO::succeed(std::string data) {
  ResultDTO answer;
  answer.success = true;
  answer.data = std::move(data);
  return answer;
}
inline ResultDTO ResultDTO::failed(std::string message) {
  ResultDTO answer;
  answer.message = std::move(message);
  return answer;
}

}  // namespace chronofault::powerjob
