-- SPDX-License-Identifier: Apache-2.0

-- | What SIGINT may do: it ends the snippet that runs, and nothing at any other time.
--
-- A snippet has a thread of its own, for which the main thread waits. The gate knows it by a weak pointer, so that a
-- snippet that waits for ever for what cannot come is still found out by the runtime ('BlockedIndefinitelyOnMVar').
module Gate (Gate, create, arm, guarded) where

import Control.Concurrent
import Control.Exception
import Data.IORef
import Foreign.StablePtr (newStablePtr)
import System.Mem.Weak (Weak, deRefWeak)
import System.Posix.Signals

newtype Gate = Gate (IORef (Maybe (Weak ThreadId)))

create :: IO Gate
create = do
  _ <- myThreadId >>= newStablePtr -- the main thread's wait is never for ever, whatever becomes of a snippet
  gate <- Gate <$> newIORef Nothing
  gate <$ arm gate

-- | Makes SIGINT the gate's again, whatever a snippet has made of it.
arm :: Gate -> IO ()
arm (Gate running) = () <$ installHandler sigINT (Catch interrupt) Nothing
  where
    interrupt = readIORef running >>= mapM_ (\known -> deRefWeak known >>= mapM_ (`throwTo` UserInterrupt))

-- | Runs it in a thread that interrupts may end.
guarded :: Gate -> IO a -> IO (Either SomeException a)
guarded (Gate running) act = do
  outcome <- newEmptyMVar
  _ <- mask_ $ forkIOWithUnmask $ \unmask -> do
    myThreadId >>= mkWeakThreadId >>= writeIORef running . Just
    result <- try (unmask act)
    writeIORef running Nothing
    putMVar outcome result
  takeMVar outcome
