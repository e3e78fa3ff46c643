// PowerJob's messages (powerjob 4) and their replies. The network names a reply by its request's kind ("Ping.reply").
#pragma once

#include <powerjob/messages/console.hpp>
#include <powerjob/messages/replies.hpp>
#include <powerjob/messages/to_server.hpp>
#include <powerjob/messages/to_worker.hpp>
#include <powerjob/messages/trackers.hpp>
