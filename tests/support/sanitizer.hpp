// Whether AddressSanitizer's allocator is in use: it gives each process the same addresses, fills what nobody wrote,
// and never uses a freed block again, so that what depends on those differs nowhere.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define CF_UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CF_UNDER_ASAN 1
#endif
#endif
#ifndef CF_UNDER_ASAN
#define CF_UNDER_ASAN 0
#endif
