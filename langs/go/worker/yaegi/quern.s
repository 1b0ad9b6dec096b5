// SPDX-License-Identifier: Apache-2.0
//
// Empty: where a package has an assembler file, a function may be declared without its body (labelOf, in quern_run.go).
