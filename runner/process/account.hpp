// SPDX-License-Identifier: Apache-2.0
// Who programs run as when that is not the daemon's own user.
//
// A value, found once at start. Read from the text of /etc/passwd rather than through the C
// library, whose static form would load the machine's name services into the daemon.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace quern {

struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;  // empty, as the home, where /etc/passwd does not know the number
  std::string home;

  friend bool operator==(const Account&, const Account&) = default;
};

// UID, UID:GID, NAME or NAME:GID. Without a GID it is the user's own, or the UID's number where
// /etc/passwd does not know the user. Otherwise a sentence that says what is wrong. Pure.
std::variant<Account, std::string> find_account(std::string_view wanted, std::string_view passwd);

// Empty when this process may run programs as another user, else a sentence that says what it
// lacks.
std::string what_other_users_need();

// Drops the daemon's supplementary groups, which no program is to inherit, and keeps its memory
// from whoever could trace it. Throws std::system_error.
void shield_from_programs();

// HOME, USER and LOGNAME as the account has them; what points into the daemon's own session goes.
void put_at_home(std::map<std::string, std::string>& environment, const Account& account);

}  // namespace quern
