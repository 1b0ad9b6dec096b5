-- SPDX-License-Identifier: Apache-2.0
{-# LANGUAGE CPP #-}
{-# LANGUAGE OverloadedStrings #-}

-- | The worker: one GHC session, one request at a time until the end of requests. See langs/WORKER.md for what it speaks.
--
-- Holds the context's names, runs snippets and answers questions. No snippet's failure, exit or interrupt ends it, and it
-- never prints a word of its own.
module Main (main) where

import Control.Exception
import Control.Monad
import Data.ByteString (ByteString)
import Data.IORef
import Data.Version (showVersion)
import GHC (getInteractiveDynFlags, runGhc)
import GHC.Driver.Monad (reifyGhc)
import GHC.IO.Encoding (mkTextEncoding, setFileSystemEncoding, setForeignEncoding, setLocaleEncoding, utf8)
import System.Environment (lookupEnv, setEnv, unsetEnv, withArgs, withProgName)
import System.Exit (ExitCode (..))
import System.Info (fullCompilerVersion)
import System.Posix.Process (exitImmediately)
import qualified Data.Text.Encoding as Text

import Context (Context, begin, inside)
import Failure
import qualified Gate
import Home (folders)
import Check (check)
import qualified Question
import qualified Run
import qualified Streams
import Wire

data Worker = Worker
  { context :: Context, gate :: Gate.Gate, streams :: Streams.Streams, wire :: Wire
  , count :: IORef Int, arguments :: IORef [String] }

main :: IO ()
main = do
  setLocaleEncoding utf8
  roundtrip <- mkTextEncoding "UTF-8//ROUNDTRIP"
  setFileSystemEncoding roundtrip
  setForeignEncoding roundtrip
  standard <- Streams.prepare
  channel <- open Streams.flush
  runGhc (Just LIBDIR) $ do
    names <- reifyGhc (begin folders)
    reifyGhc $ \_ -> do
      guard' <- Gate.create -- within the session: where that begins, GHC makes SIGINT an end of the main thread
      worker <- Worker names guard' standard channel <$> newIORef 0 <*> newIORef []
      let version = showVersion fullCompilerVersion
      send channel "ready" [("version", plain version)] [("title", plain ("Haskell (GHC " ++ version ++ ")"))]
      serve worker

serve :: Worker -> IO ()
serve worker = receive (wire worker) >>= \next -> case next of
  Nothing -> Streams.flush >> exitImmediately ExitSuccess
  Just request -> do
    case kind request of
      "run" -> run worker request
      "complete" -> answer request (Question.complete (context worker))
      "inspect" -> answer request (Question.inspect (context worker))
      "check" -> answer request (check (context worker))
      other -> do
        send (wire worker) "error" []
          [("name", "UnknownRequest"), ("message", "This worker does not know the request " <> other <> ".")]
        finish [("status", "error")]
    serve worker
  where
    finish attributes' = send (wire worker) "done" attributes' []
    answer request question = try (question request) >>= \found -> case found of
      Right reply -> do
        forM_ reply $ \(kind', attributes', parts') -> send (wire worker) kind' attributes' parts'
        finish [("status", "ok")]
      Left failure -> do
        send (wire worker) "error" []
          [("name", "QuestionFailed"), ("message", plain (displayException (failure :: SomeException)))]
        finish [("status", "error")]

-- | One snippet: runs it and tells how it ended.
run :: Worker -> Request -> IO ()
run worker request = do
  Gate.arm (gate worker)
  Streams.mend (streams worker)
  when (attribute "merge" request == Just "1") (Streams.merge (streams worker))
  forM_ (lookup "argv" (parts request)) $ \_ ->
    writeIORef (arguments worker) (maybe [] (endedBy '\0') (part "argv" request))
  restore <- traceparent (part "traceparent" request)
  number <- atomicModifyIORef' (count worker) (\before -> (before + 1, before + 1))
  given <- readIORef (arguments worker)
  at <- newIORef Nothing
  let file = "<cell " ++ show number ++ ">"
      silent = attribute "silent" request == Just "1"
      code = maybe "" (dropWhile (== '\xFEFF')) (part "code" request)
  outcome <- Gate.guarded (gate worker) $ do
    result <- try (withArgs given (withProgName "main" (Run.cell (context worker) at file silent code)))
    case result of
      Right text -> Right text <$ Streams.flush
      Left failure -> do
        flags <- inside (context worker) getInteractiveDynFlags
        item <- readIORef at
        Left <$> ending flags file item failure
  flags <- inside (context worker) getInteractiveDynFlags
  final <- either (fmap Left . ending flags file Nothing) pure outcome
  Streams.forgetInput (streams worker)
  case final of
    Right text -> do
      forM_ text $ \it -> send (wire worker) "result" [] [("text/plain", Text.encodeUtf8 it)]
      conclude restore [("status", "ok")]
    Left failed -> do
      forM_ (frame failed) $ \(attributes', parts') -> send (wire worker) "error" attributes' parts'
      conclude restore (done failed)
  where
    conclude :: IO () -> [(ByteString, ByteString)] -> IO ()
    conclude restore attributes' = do
      Streams.part (streams worker)
      restore
      send (wire worker) "done" attributes' []
    endedBy mark text = case break (== mark) text of
      (first, _ : rest) -> first : endedBy mark rest
      (_, []) -> []

-- | TRACEPARENT is of one run: gives what makes it as before, unless the snippet has set its own.
traceparent :: Maybe String -> IO (IO ())
traceparent given = case given of
  Nothing -> pure (pure ())
  Just now -> do
    before <- lookupEnv "TRACEPARENT"
    setEnv "TRACEPARENT" now
    pure $ do
      after <- lookupEnv "TRACEPARENT"
      when (after == Just now) (maybe (unsetEnv "TRACEPARENT") (setEnv "TRACEPARENT") before)
