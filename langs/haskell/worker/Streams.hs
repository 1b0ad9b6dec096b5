-- SPDX-License-Identifier: Apache-2.0

-- | The standard handles, which the worker shares with the snippets: what is kept of them between runs.
--
-- The worker flushes them before each frame and never writes to them. Standard input forgets at the end of a run what it
-- has read ahead; a handle that a snippet has closed, or read lazily to its end, is opened again.
{-# LANGUAGE RecordWildCards #-}
module Streams (Streams, prepare, flush, mend, forgetInput, merge, part) where

import Control.Concurrent.MVar
import Control.Exception hiding (handle)
import Control.Monad
import Data.IORef
import qualified GHC.IO.BufferedIO as Buffered
import qualified GHC.IO.Device as Device
import GHC.IO.Buffer (isEmptyBuffer)
import qualified GHC.IO.FD as FD
import GHC.IO.Handle (hDuplicateTo)
import GHC.IO.Handle.Types (Handle (..), HandleType (..), Handle__ (..))
import System.IO
import System.Posix.Files (deviceID, fileID, getFdStatus)
import System.Posix.IO (closeFd, dupTo, fdToHandle)
import System.Posix.Types (Fd)
import Data.Typeable (cast)

import Wire (keepHigh)

data Streams = Streams
  { pristine :: [(Handle, Handle, BufferMode)] -- each standard handle, what opens it again, its first buffering
  , separate :: IORef (Maybe Fd) -- while a run is merged: what descriptor 2 was
  }

prepare :: IO Streams
prepare = do
  kept <- forM [(0, stdin, LineBuffering), (1, stdout, LineBuffering), (2, stderr, NoBuffering)] $ \(fd, handle, buffering) -> do
    copy <- keepHigh fd >>= fdToHandle
    forM_ [copy, handle] $ \one -> hSetEncoding one utf8 >> hSetBuffering one buffering
    pure (handle, copy, buffering)
  Streams kept <$> newIORef Nothing

-- | What cannot be flushed (the snippet has closed it, or nobody reads it) is not the worker's to complain about.
flush :: IO ()
flush = forM_ [stdout, stderr] $ \handle -> hFlush handle `catch` \failure -> const (pure ()) (failure :: IOException)

-- | Opens again what the snippets have closed.
mend :: Streams -> IO ()
mend streams = forM_ (pristine streams) $ \(handle, copy, buffering) -> do
  closed <- unlessHeld handle False $ \state -> pure $ case haType state of
    ClosedHandle -> True
    SemiClosedHandle -> True
    _ -> False
  when closed $ hDuplicateTo copy handle >> hSetBuffering handle buffering

-- | Drops what has been read ahead.
forgetInput :: Streams -> IO ()
forgetInput streams = forM_ (take 1 (pristine streams)) $ \(handle, copy, _) -> do
  ahead <- unlessHeld handle False $ \state -> case haType state of
    ReadHandle -> not <$> ((&&) <$> unused (haByteBuffer state) <*> unused (haCharBuffer state))
    _ -> pure False
  when ahead $ do
    buffering <- hGetBuffering handle
    encoding <- hGetEncoding handle
    hDuplicateTo copy handle
    hSetBuffering handle buffering
    maybe (hSetBinaryMode handle True) (hSetEncoding handle) encoding
  where
    unused buffer = isEmptyBuffer <$> readIORef buffer

-- | A handle at which a thread of the snippet's waits for input is locked: it is left alone.
unlessHeld :: Handle -> a -> (Handle__ -> IO a) -> IO a
unlessHeld handle otherwise' look = tryReadMVar (lock handle) >>= maybe (pure otherwise') look

lock :: Handle -> MVar Handle__
lock (FileHandle _ state) = state
lock (DuplexHandle _ _ state) = state

-- | Standard error's device while a run is merged: whatever is written to it, standard output goes out first.
newtype Behind = Behind FD.FD

instance Device.RawIO Behind where
  read (Behind fd) = Device.read fd
  readNonBlocking (Behind fd) = Device.readNonBlocking fd
  write (Behind fd) from offset count = hFlush stdout >> Device.write fd from offset count
  writeNonBlocking (Behind fd) from offset count = hFlush stdout >> Device.writeNonBlocking fd from offset count

instance Device.IODevice Behind where
  ready (Behind fd) = Device.ready fd
  close (Behind fd) = Device.close fd
  isTerminal (Behind fd) = Device.isTerminal fd
  isSeekable (Behind fd) = Device.isSeekable fd
  seek (Behind fd) = Device.seek fd
  tell (Behind fd) = Device.tell fd
  getSize (Behind fd) = Device.getSize fd
  setSize (Behind fd) = Device.setSize fd
  setEcho (Behind fd) = Device.setEcho fd
  getEcho (Behind fd) = Device.getEcho fd
  setRaw (Behind fd) = Device.setRaw fd
  devType (Behind fd) = Device.devType fd
  dup (Behind fd) = Behind <$> Device.dup fd
  dup2 (Behind fd) (Behind other) = Behind <$> Device.dup2 fd other

instance Buffered.BufferedIO Behind where
  newBuffer (Behind fd) = Buffered.newBuffer fd
  fillReadBuffer (Behind fd) = Buffered.fillReadBuffer fd
  fillReadBuffer0 (Behind fd) = Buffered.fillReadBuffer0 fd
  emptyWriteBuffer (Behind fd) = Buffered.emptyWriteBuffer fd
  flushWriteBuffer (Behind fd) buffer = hFlush stdout >> Buffered.flushWriteBuffer fd buffer
  flushWriteBuffer0 (Behind fd) buffer = hFlush stdout >> Buffered.flushWriteBuffer0 fd buffer

-- | Makes descriptor 2 what 1 is, and standard error go out behind standard output.
merge :: Streams -> IO ()
merge streams = do
  flush
  kept <- keepHigh 2
  _ <- dupTo 1 2
  writeIORef (separate streams) (Just kept)
  modifyMVar_ (lock stderr) $ \Handle__ { haDevice = device, .. } -> pure $ case cast device of
    Just fd -> Handle__ { haDevice = Behind fd, .. }
    Nothing -> Handle__ { haDevice = device, .. }

-- | Undoes it, but leaves a descriptor 2 that the snippet has made another one.
part :: Streams -> IO ()
part streams = readIORef (separate streams) >>= mapM_ (\kept -> do
  flush
  writeIORef (separate streams) Nothing
  modifyMVar_ (lock stderr) $ \Handle__ { haDevice = device, .. } -> pure $ case cast device of
    Just (Behind fd) -> Handle__ { haDevice = fd, .. }
    Nothing -> Handle__ { haDevice = device, .. }
  same <- (==) <$> identity 1 <*> identity 2
  when same $ void (dupTo kept 2)
  closeFd kept)
  where
    identity fd = either (\failure -> const Nothing (failure :: IOException)) Just <$> try (seen fd)
    seen fd = (\status -> (deviceID status, fileID status)) <$> getFdStatus fd
