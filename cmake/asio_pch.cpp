// SPDX-License-Identifier: Apache-2.0
//
// Empty: it gives the precompiled header beside it a target to belong to.
