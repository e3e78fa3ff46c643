// One use of each kind that the symbol check must find. Never linked into anything.
#include <chrono>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <random>
#include <thread>

#include <sys/time.h>

void planted_clock() {
  timespec spec{};
  clock_gettime(CLOCK_REALTIME, &spec);
  timeval value{};
  gettimeofday(&value, nullptr);
  const std::time_t now = std::time(nullptr);
  [[maybe_unused]] const std::tm* local = std::localtime(&now);
  [[maybe_unused]] const auto wall = std::chrono::system_clock::now();
  [[maybe_unused]] const auto mono = std::chrono::steady_clock::now();
}

unsigned planted_entropy() {
  std::random_device device;
  return device() + static_cast<unsigned>(std::rand());
}

void planted_thread() {
  std::thread([] {}).join();
  std::this_thread::sleep_for(std::chrono::seconds(1));
}

const char* planted_environment() { return std::getenv("HOME"); }

void planted_locale() {
  std::setlocale(LC_ALL, "C");
  std::locale::global(std::locale("C"));
}
