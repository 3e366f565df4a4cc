#pragma once
// The type checks of curl's macros need constant options; the wrappers below hand them on.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

/// Takes bytes of a body or one line of a header; anything but `size * count` ends the transfer.
typedef size_t (*axolotly_bytes_callback)(char *bytes, size_t size, size_t count, void *context);

// curl_easy_setopt is variadic: one wrapper for each type of its argument.
static inline CURLcode axolotly_easy_setopt_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode axolotly_easy_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode axolotly_easy_setopt_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode axolotly_easy_setopt_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode axolotly_easy_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode axolotly_easy_setopt_callback(CURL *handle, CURLoption option, axolotly_bytes_callback value) {
  return curl_easy_setopt(handle, option, value);
}

// curl_easy_getinfo is variadic: one wrapper for each type of its result.
static inline CURLcode axolotly_easy_getinfo_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode axolotly_easy_getinfo_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode axolotly_easy_getinfo_text(CURL *handle, CURLINFO info, char **value) {
  return curl_easy_getinfo(handle, info, value);
}

// curl_multi_setopt is variadic.
static inline CURLMcode axolotly_multi_setopt_long(CURLM *handle, CURLMoption option, long value) {
  return curl_multi_setopt(handle, option, value);
}

// curl_share_setopt is variadic.
static inline CURLSHcode axolotly_share_setopt_data(CURLSH *handle, CURLSHoption option, curl_lock_data value) {
  return curl_share_setopt(handle, option, value);
}
