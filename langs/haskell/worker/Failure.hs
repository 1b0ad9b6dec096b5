-- SPDX-License-Identifier: Apache-2.0
{-# LANGUAGE OverloadedStrings #-}

-- | What a run that failed says: errors of the compiler and exceptions, with the user's lines.
module Failure (Ending (..), Refusal (..), ending, refuse) where

import Control.Exception
import Data.ByteString (ByteString)
import Data.Char (isDigit)
import Data.List (dropWhileEnd, isInfixOf, isPrefixOf, sortOn, stripPrefix, tails)
import Data.Typeable (cast, tyConName, typeOf, typeRepTyCon)
import GHC hiding (Failed)
import GHC.Data.Bag (bagToList)
import GHC.Data.FastString (unpackFS)
import GHC.Driver.Types (srcErrorMessages)
import GHC.Utils.Error
import GHC.Utils.Outputable
import System.Exit (ExitCode (..))

import Source (Place, Unparsed (..))
import Wire (Part, plain)

-- | How a run ended: the frames that tell of it.
data Ending = Ending { frame :: Maybe ([(ByteString, ByteString)], [Part]), done :: [(ByteString, ByteString)] }

-- | An error of the worker's own making: its name and a sentence.
data Refusal = Refusal String String deriving Show

instance Exception Refusal

refuse :: String -> String -> IO a
refuse name = throwIO . Refusal name

-- | For an exception that the cell of that file has ended with. The line is that of its item, for what tells none itself.
ending :: DynFlags -> FilePath -> Maybe Place -> SomeException -> IO Ending
ending flags file item failure
  | Just ExitSuccess <- fromException failure = pure (Ending Nothing [("status", "ok"), ("exit", "0")])
  | Just (ExitFailure code) <- fromException failure =
      pure (Ending Nothing [("status", "error"), ("exit", plain (show code))])
  | Just UserInterrupt <- fromException failure =
      pure (Ending (Just (told "runtime" Nothing "UserInterrupt" "user interrupt" ["*** Exception: user interrupt"]))
                   [("status", "interrupted")])
  | Just (Unparsed messages) <- fromException failure = pure (failed (compiler flags file item "ParseError" messages))
  | Just wrong <- fromException failure = pure (failed (compiler flags file item "CompileError" (srcErrorMessages wrong)))
  | Just (Refusal name message) <- fromException failure =
      pure (failed (told "compile" item name message [message]))
  | Just wrong <- fromException failure = let message = show (wrong :: GhcException) in
      pure (failed (told "compile" item "GhcException" message (lines message)))
  | otherwise = do
      text <- shown (displayException failure)
      message <- dropWhileEnd (== '\n') <$> maybe (pure text) (\(ErrorCallWithLocation said _) -> shown said) (fromException failure)
      pure (failed (told "runtime" (maybe item Just (placeIn file text)) (nameOf failure) message
                         (lines ("*** Exception: " ++ text))))
  where
    failed said = Ending (Just said) [("status", "error")]
    -- An exception's own text may fail, too.
    shown text = either (\wrong -> const "An exception whose text cannot be shown." (wrong :: ErrorCall)) id
      <$> try (evaluate (foldr seq text text))

told :: ByteString -> Maybe Place -> String -> String -> [String] -> ([(ByteString, ByteString)], [Part])
told kind place name message trace =
  ( ("kind", kind) : maybe [] at place
  , ("name", plain name) : ("message", plain message) : [("traceback", plain entry) | entry <- trace] )
  where
    at (line, column) = ("line", plain (show line)) : [("column", plain (show column)) | column > 0]

nameOf :: SomeException -> String
nameOf (SomeException failure) = case cast failure of
  Just (SomeAsyncException inner) -> tyConName (typeRepTyCon (typeOf inner))
  Nothing -> tyConName (typeRepTyCon (typeOf failure))

compiler :: DynFlags -> FilePath -> Maybe Place -> String -> ErrorMessages -> ([(ByteString, ByteString)], [Part])
compiler flags file item name messages = told "compile" place name (maybe message unshown (arising message)) trace
  where
    trace = concatMap (lines . clean . showSDoc flags) (pprErrMsgBagWithLoc messages)
    -- The worker's own function that shows values, which is called "print " (see Context.hs).
    clean said = case break (== '‘') said of
      (before, quoted') | Just rest <- stripPrefix "‘print ’" quoted' -> before ++ "‘print’" ++ clean rest
      (before, mark : rest) -> before ++ mark : clean rest
      (before, []) -> before
    arising said
      | "use of ‘print ’" `isInfixOf` said, Just rest <- stripPrefix "No instance for (Show " said =
          let isEnd at = ")\n  arising" `isPrefixOf` drop at rest || null (drop at rest)
          in Just (unwords (words (head [take at rest | at <- [0 ..], isEnd at])))
      | otherwise = Nothing
    unshown shape = "A value of type ‘" ++ bare shape ++ "’ cannot be shown, for that type has no instance of Show: "
      ++ "apply it to what it lacks, or derive or write an instance."
    bare shape = case shape of { '(' : rest | not (null rest), last rest == ')' -> init rest; _ -> shape }
    sorted = sortOn (at . errMsgSpan) (bagToList messages)
    at span' = case span' of { RealSrcSpan it _ -> (srcSpanStartLine it, srcSpanStartCol it); _ -> (maxBound, 0) }
    place = case sorted of
      first : _ | RealSrcSpan span' _ <- errMsgSpan first, unpackFS (srcSpanFile span') == file ->
        Just (srcSpanStartLine span', srcSpanStartCol span')
      _ -> item
    message = case sorted of
      first : _
        | RealSrcSpan span' _ <- errMsgSpan first, unpackFS (srcSpanFile span') `notElem` [file, "<interactive>"] ->
            showSDoc flags (ppr span') ++ ": " ++ render first
        | otherwise -> render first
      [] -> "The compiler failed without a word."
    -- Its important part, without what surrounds it.
    render first = renderWithStyle (initSDocContext flags (mkErrStyle (errMsgContext first))) $
      case errDocImportant (errMsgDoc first) of
        [] -> vcat (errDocContext (errMsgDoc first))
        important -> vcat important

-- | The first place within that file that a text of GHC's names, as FILE:1:2 or FILE:(1,2)-(3,4).
placeIn :: FilePath -> String -> Maybe Place
placeIn file text = case [at | Just rest <- map (stripPrefix (file ++ ":")) (tails text), Just at <- [place rest]] of
  first : _ -> Just first
  [] -> Nothing
  where
    place rest = case span isDigit (dropWhile (== '(') rest) of
      (line@(_ : _), separator : more) | separator `elem` (":," :: String) -> Just (read line, column more)
      _ -> Nothing
    column more = case span isDigit more of { (digits@(_ : _), _) -> read digits; _ -> 0 }
