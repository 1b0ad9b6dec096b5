-- SPDX-License-Identifier: Apache-2.0
{-# LANGUAGE OverloadedStrings #-}

-- | Is a cell whole? By GHC's lexer and parser; what is begun is told from what is wrong by where the parser stopped.
module Check (check) where

import Control.Exception
import Data.ByteString (ByteString)
import Data.Char (isSpace)
import Data.List (isInfixOf)
import GHC hiding (parseModule)
import GHC.Data.Bag (bagToList)
import GHC.Data.StringBuffer (stringToStringBuffer)
import GHC.Driver.Monad
import GHC.Driver.Session (parseDynamicFilePragma)
import GHC.Driver.Types (SourceError)
import GHC.Parser.Header (getOptions)
import GHC.Parser.Lexer (Token (..))
import GHC.Types.Name.Occurrence (occNameString)
import GHC.Types.Name.Reader (rdrNameOcc)

import Cell
import Context
import Describe
import Source
import Wire

check :: Context -> Request -> IO (Maybe (ByteString, [(ByteString, ByteString)], [Part]))
check context request = do
  (state, indent) <- inside context (stateOf (maybe "" id (part "code" request)))
  pure (Just ("checked", [("state", state)], [("indent", plain indent)]))

stateOf :: String -> Ghc (ByteString, String)
stateOf code = do
  flags <- flagsOf code
  let tokens = lexemes flags "" (1, 1) code
      final = last tokens
      wrong messages
        | reach messages >= placeBeyond final = begun
        | otherwise = ("invalid", "")
      begun = ("incomplete", deeper (token final))
  case lexesWhole flags code of
    Left messages | any (isInfixOf "unterminated" . show) (bagToList messages) -> pure ("incomplete", "")
                  | otherwise -> pure ("invalid", "")
    Right () | null tokens -> pure ("complete", "")
             | otherwise -> case cut flags "" 1 code of
      Left messages -> pure (wrong messages)
      Right _ | opens (token final) -> pure begun
      Right cell
        | (_, True) <- (command cell, inBlock tokens) -> pure ("incomplete", indentation)
        | Statement _ _ statement : _ <- reverse (items cell), Just name <- annotated (unLoc statement) ->
            maybe ("incomplete", "") (const ("complete", "")) <$> describe False name
        | otherwise -> pure ("complete", "")
  where
    lastLine = case dropWhile (all isSpace) (reverse (lines code)) of { first : _ -> first; [] -> "" }
    indentation = takeWhile isSpace lastLine
    deeper found | opens found || begins found || null indentation = indentation ++ "  "
                 | otherwise = indentation
    -- These may end a text for the parser, for a block may be empty.
    opens found = case found of
      ITdo _ -> True
      ITmdo _ -> True
      ITof -> True
      ITwhere -> True
      ITlet -> True
      ITrec -> True
      _ -> False
    begins found = case found of { ITequal -> True; ITrarrow _ -> True; ITthen -> True; ITelse -> True; _ -> False }
    -- As at a prompt of Python's: a block goes on until there is an empty line.
    inBlock tokens = not (null indentation) && take 1 (reverse code) /= "\n"
      && any (opens . token) (filter (\it -> fst (place it) < fst (place (last tokens))) tokens)
    -- A type for a name that there is not yet: its equations will follow.
    annotated :: StmtLR GhcPs GhcPs (LHsExpr GhcPs) -> Maybe String
    annotated statement = case statement of
      BodyStmt _ (L _ (ExprWithTySig _ (L _ (HsVar _ (L _ name))) _)) _ _ -> Just (occNameString (rdrNameOcc name))
      _ -> Nothing

-- | The context's flags and the cell's own.
flagsOf :: String -> Ghc DynFlags
flagsOf code = do
  flags <- getInteractiveDynFlags
  reifyGhc $ \session -> handle (\wrong -> const (pure flags) (wrong :: SourceError)) $ flip reflectGhc session $ do
    (own, _, _) <- parseDynamicFilePragma flags (getOptions flags (stringToStringBuffer code) "")
    pure own
