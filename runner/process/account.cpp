// SPDX-License-Identifier: Apache-2.0
#include "account.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace quern {
namespace {

// The largest number means "no change" to the kernel's calls.
std::optional<std::uint32_t> id_of(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  if (id == std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return id;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t size = std::min(text.find(at), text.size());
    parts.push_back(text.substr(0, size));
    if (size == text.size()) return parts;
    text.remove_prefix(size + 1);
  }
}

// The entry of /etc/passwd with this name or number: name:x:uid:gid:words:home:shell.
std::optional<Account> entry_of(std::string_view wanted, std::string_view passwd) {
  const auto number = id_of(wanted);
  for (const std::string_view line : split(passwd, '\n')) {
    const std::vector<std::string_view> fields = split(line, ':');
    if (fields.size() < 6) continue;
    const auto uid = id_of(fields[2]);
    const auto gid = id_of(fields[3]);
    if (!uid || !gid || (number ? *uid != *number : fields[0] != wanted)) continue;
    return Account{*uid, *gid, std::string(fields[0]), std::string(fields[5])};
  }
  return std::nullopt;
}

}  // namespace

std::variant<Account, std::string> find_account(std::string_view wanted, std::string_view passwd) {
  const std::size_t colon = wanted.find(':');
  const std::string_view user = wanted.substr(0, colon);
  std::optional<Account> account = entry_of(user, passwd);
  if (!account) {
    const auto uid = id_of(user);
    if (!uid)
      return "`" + std::string(user) + "` is neither a user's number nor a name in /etc/passwd";
    account = Account{*uid, *uid, "", ""};
  }
  if (colon != std::string_view::npos) {
    const auto gid = id_of(wanted.substr(colon + 1));
    if (!gid) return "`" + std::string(wanted.substr(colon + 1)) + "` is no group's number";
    account->gid = *gid;
  }
  if (account->uid == 0)
    return std::string("user 0 is root, whose rights the daemon has by itself");
  return *std::move(account);
}

std::string what_other_users_need() {
  if (::geteuid() != 0)
    return "only root can run programs as another user, and this is user " +
           std::to_string(::geteuid());
  struct Need {
    unsigned number;
    const char* name;
  };
  constexpr Need needs[] = {{CAP_CHOWN, "CHOWN"},
                            {CAP_DAC_OVERRIDE, "DAC_OVERRIDE"},
                            {CAP_KILL, "KILL"},
                            {CAP_SETGID, "SETGID"},
                            {CAP_SETUID, "SETUID"}};
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, has) != 0) return "the daemon cannot tell its capabilities";
  std::string missing;
  for (const Need& need : needs) {
    if ((has[0].effective >> need.number) & 1U) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(need.name);
  }
  if (missing.empty()) return "";
  return "this root lacks the capabilities that it takes to run programs as another user: " +
         missing;
}

void shield_from_programs() {
  if (::setgroups(0, nullptr) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot drop supplementary groups");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot shield the daemon's memory");
}

void put_at_home(std::map<std::string, std::string>& environment, const Account& account) {
  for (const char* ours : {"USER", "LOGNAME", "MAIL", "XDG_RUNTIME_DIR"}) environment.erase(ours);
  environment["HOME"] = account.home.empty() ? "/" : account.home;
  if (account.name.empty()) return;
  environment["USER"] = environment["LOGNAME"] = account.name;
}

}  // namespace quern
