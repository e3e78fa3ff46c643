#pragma once

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

class ServerService final : public Servers {
 public:
  ServerService(const JobContext& context, JobStorage& storage) : context_(context), storage_(storage) {}

  Task<> persist_online(bool enabled) override;
  Task<bool> has_available_servers() override;
  Task<bool> is_available_server(std::string ip) override;
  Task<bool> is_enable_server(std::string ip) override;
  Task<> remove_offline_servers() override;

 private:
  const JobContext& context_;
  JobStorage& storage_;
};

inline constexpr const char* server_enabled = "ENABLED";
inline constexpr const char* server_disabled = "DISABLED";

}  // namespace chronofault::elastic_job
