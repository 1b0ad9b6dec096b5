// SPDX-License-Identifier: Apache-2.0
// What quern can be told to do: one function a command, which gives the exit code.
#pragma once

#include "options.hpp"
#include "surface.hpp"

namespace quern {

int execute(const RunOptions&, const Surface&);
int execute(const TtyOptions&, const Surface&);
int execute(const ReplOptions&, const Surface&);
int execute(const LangsOptions&, const Surface&);
int execute(const StatusOptions&, const Surface&);
int execute(const MetricsOptions&, const Surface&);
int execute(const PsOptions&, const Surface&);
int execute(const TopOptions&, const Surface&);
int execute(const LogsOptions&, const Surface&);
int execute(const BenchOptions&, const Surface&);
int execute(const InterruptOptions&, const Surface&);
int execute(const SignalOptions&, const Surface&);
int execute(const AttachOptions&, const Surface&);
int execute(const WaitOptions&, const Surface&);
int execute(const OutputOptions&, const Surface&);
int execute(const ForgetOptions&, const Surface&);
int execute(const ContextOptions&, const Surface&);
int execute(const OpenOptions&, const Surface&);
int execute(const AdviceOptions&, const Surface&);
int execute(const PutOptions&, const Surface&);
int execute(const GetOptions&, const Surface&);
int execute(const ListOptions&, const Surface&);
int execute(const StatOptions&, const Surface&);
int execute(const RemoveOptions&, const Surface&);
int execute(const MoveOptions&, const Surface&);
int execute(const ShutdownOptions&, const Surface&);
int execute(const KeygenOptions&, const Surface&);
int execute(const EmbedOptions&, const Surface&);

}  // namespace quern
