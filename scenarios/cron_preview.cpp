#include <fmt/format.h>

#include <scenarios/cron_preview.hpp>
#include <triggers/errors.hpp>

#include "reader/literals.hpp"

namespace chronofault::scenarios {
namespace {

using triggers::CronExpression;

std::optional<WallTime> instant_from(const std::string& text, const TimeZone& zone) {
  if (const auto dated = parse_dated(text, nullptr)) return WallTime::from_us(dated->us());
  const TimeFrame as_utc{};
  const auto local = parse_dated(text, &as_utc);
  if (!local) return std::nullopt;
  return zone.to_instant(utc().to_civil(WallTime::from_us(local->us()))).earlier;
}

std::string fire_text(WallTime t, const TimeZone& zone) {
  return to_string(t, zone).substr(0, 19) + " " + offset_text(zone.offset_at(t));
}

CronPreview fires_of(const CronExpression& cron, const TimeZone& zone, WallTime t, WallTime now, int count) {
  CronPreview preview;
  try {
    while (static_cast<int>(preview.fires.size()) < count) {
      const auto next = cron.time_after(t, zone, now);
      if (!next) {
        preview.end = CronPreview::End::never_again;
        return preview;
      }
      preview.fires.push_back(fire_text(*next, zone));
      t = *next;
    }
  } catch (const triggers::NoSuchElement&) {
    preview.end = CronPreview::End::empty_field;
  } catch (const triggers::SearchDoesNotEnd&) {
    preview.end = CronPreview::End::does_not_end;
  }
  return preview;
}

bool continues_a_letter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string explain(const triggers::CronError& error, std::string_view expression) {
  std::string shown(expression);
  std::string indent;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const bool control = static_cast<unsigned char>(shown[i]) < ' ' || shown[i] == '\x7f';
    if (control && shown[i] != '\t') shown[i] = '?';
    if (i < error.position && !continues_a_letter(shown[i])) indent += shown[i] == '\t' ? '\t' : ' ';
  }
  // PowerJob's messages begin with the field.
  const bool named = error.field.empty() || error.message.starts_with(error.field + ":");
  std::string text = "the cron expression is wrong: ";
  if (!named) text += error.field + ": ";
  text += fmt::format("{}\n  {}\n  {}^\n  expected: {}", error.message, shown, indent, error.expected);
  if (!error.exception.empty()) text += fmt::format("\n  thrown: {}, offset {}", error.exception, error.offset);
  return text;
}

tl::expected<CronPreview, std::string> preview_cron(const CronQuestion& question, WallTime now, TimeZones& zones) {
  const auto dialect = triggers::cron_dialect(question.dialect);
  if (!dialect) {
    return tl::unexpected(fmt::format("no cron dialect '{}'; expected quartz, xxl-job or powerjob", question.dialect));
  }
  const TimeZone* const zone = zones.find(question.zone);
  if (zone == nullptr) {
    return tl::unexpected(fmt::format(
        "no time zone '{}'; expected a name of the tz database, such as Europe/Berlin, or an offset, such as +08:00",
        question.zone));
  }
  const auto from = question.from.empty() ? now : instant_from(question.from, *zone);
  if (!from) {
    return tl::unexpected(fmt::format(
        "'{}' is no instant; expected one such as 2024-03-31T01:59:59, with or without an offset", question.from));
  }
  const int year = zone->to_civil(now).year;
  const auto cron = CronExpression::parse(question.expression, *dialect, year + 100);
  if (!cron) return tl::unexpected(explain(cron.error(), question.expression));
  return fires_of(*cron, *zone, *from, now, question.count);
}

}  // namespace chronofault::scenarios
