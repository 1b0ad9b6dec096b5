# SPDX-License-Identifier: Apache-2.0
"""What images/smoke is made of: a container, the client beside it, and what an image must show."""
