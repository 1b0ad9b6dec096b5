-- SPDX-License-Identifier: Apache-2.0
{-# LANGUAGE OverloadedStrings #-}

-- | Questions about code, which run none of it: completion and inspection.
module Question (complete, inspect) where

import qualified Data.ByteString as Bytes
import qualified Data.ByteString.Char8 as Ascii
import Data.ByteString (ByteString)
import Data.Char (isAlphaNum, isSpace, isUpper)
import Data.List (isPrefixOf)
import qualified Data.Map.Strict as Map
import qualified Data.Text as Text
import qualified Data.Text.Encoding as Text
import qualified Data.Text.Encoding.Error as Text
import GHC
import GHC.Driver.Session (supportedLanguagesAndExtensions)
import GHC.Driver.Types
import GHC.Parser.Lexer (Token (..))
import GHC.Platform (platformMini)
import GHC.Types.Name
import GHC.Types.Name.Reader
import GHC.Core.Type (isFunTy)
import GHC.Unit.State (listVisibleModuleNames)

import Context
import Describe
import Source
import Wire

type Reply = Maybe (ByteString, [(ByteString, ByteString)], [Part])

-- | The code up to the cursor, and behind it.
around :: Request -> (String, String)
around request = (text before, text behind)
  where
    (before, behind) = Bytes.splitAt cursor code
    cursor = maybe (Bytes.length code) fst (attribute "cursor" request >>= Ascii.readInt)
    code = maybe "" id (lookup "code" (parts request))
    text = Text.unpack . Text.decodeUtf8With Text.lenientDecode

complete :: Context -> Request -> IO Reply
complete context request = inside context $ do
  found <- candidates
  let begun = [(name, sort') | (name, sort') <- found, word `isPrefixOf` name]
      items = Map.toList (Map.fromList begun)
  told <- mapM (\(name, sort') -> (\kind' -> name ++ "\t" ++ kind') <$> sort' (length items <= 200)) items
  let end = size before
  pure (Just ( "matches", [("start", number (end - size word)), ("end", number end)]
             , [("items", Bytes.intercalate "\n" (map plain told))] ))
  where
    (before, _) = around request
    line = reverse (takeWhile (/= '\n') (reverse before))
    size = Bytes.length . plain
    number = Ascii.pack . show
    option = any (`isPrefixOf` dropWhile isSpace line) [":set -X", ":seti -X", "{-# LANGUAGE"]
    importing = case words line of
      "import" : _ -> '(' `notElem` line
      first : _ -> first `elem` [":m", ":module"]
      [] -> False
    word | option = let mine = trailing isAlphaNum line
                    in if "X" `isPrefixOf` mine && ":" `isPrefixOf` line then drop 1 mine else mine
         | ":" `isPrefixOf` line, not (any isSpace line) = line
         | importing = trailing (\it -> isAlphaNum it || it `elem` ("._'" :: String)) line
         | otherwise = qualified (trailing (\it -> isAlphaNum it || it `elem` ("._'" :: String)) line)
    trailing known = reverse . takeWhile known . reverse
    -- A dot belongs to a name only behind a module's.
    qualified mine = case break (== '.') mine of
      (first, '.' : rest) | not (any isUpper (take 1 first)) -> qualified rest
      _ -> mine
    candidates
      | option = do
          flags <- getInteractiveDynFlags
          pure [(name, kindly "extension") | name <- supportedLanguagesAndExtensions (platformMini (targetPlatform flags))]
      | ":" `isPrefixOf` word = pure [(name, kindly "command") | name <- [":type", ":kind", ":info", ":set", ":module"]]
      | importing = do
          flags <- getInteractiveDynFlags
          pure ([(name, kindly "keyword") | name <- ["import", "qualified"]]
                ++ [(moduleNameString name, kindly "module") | name <- listVisibleModuleNames (unitState flags)])
      | null word = pure []
      | otherwise = do
          flags <- getInteractiveDynFlags
          if atName flags then named else pure []
    atName flags = case reverse (lexemes flags "" (1, 1) before) of
      final : _ -> beyond final == length before && isName (token final)
      [] -> False
    isName found = case found of
      ITstring {} -> False
      ITchar {} -> False
      ITinteger {} -> False
      ITrational {} -> False
      _ -> True
    kindly kind' _ = pure kind'
    named = do
      names <- ic_rn_gbl_env . hsc_IC <$> getSession
      pure ([(name, kindly "keyword") | name <- keywords]
            ++ [ (spelled name, sortOf (gre_name element))
               | element <- globalRdrEnvElts names, name <- greRdrNames element, not (isOwnName (spelled name)) ])
    spelled name = maybe "" (\(owner, _) -> moduleNameString owner ++ ".") (isQual_maybe name) ++ occNameString (rdrNameOcc name)

-- | What sort of thing a name is; said in detail only where few are asked for, for GHC may have to read of it first.
sortOf :: Name -> Bool -> Ghc String
sortOf name detailed
  | isDataOcc (nameOccName name) = pure "constructor"
  | not detailed = pure (if isTcOcc (nameOccName name) then "type" else "function")
  | otherwise = lookupName name >>= \found -> pure $ case found of
      Just (AnId known) | isFunction (idType known) -> "function"
                        | otherwise -> "variable"
      Just (ATyCon known) | isClassTyCon known -> "class"
      Just (ATyCon _) -> "type"
      _ -> "function"
  where
    isFunction = isFunTy . snd . splitForAllTys

keywords :: [String]
keywords =
  [ "case", "class", "data", "default", "deriving", "do", "else", "foreign", "if", "import", "in", "infix", "infixl", "infixr"
  , "instance", "let", "module", "newtype", "of", "then", "type", "where" ]

inspect :: Context -> Request -> IO Reply
inspect context request = inside context $ do
  flags <- getInteractiveDynFlags
  let at = length before
      all' = before ++ behind
      -- The name that ends at the cursor or holds it.
      here = [ take (beyond it - offset it) (drop (offset it) all')
             | it <- lexemes flags "" (1, 1) all', offset it < at || at == 0, at <= beyond it ]
  found <- mapM (describe (attribute "detail" request == Just "1")) (take 1 here)
  pure $ case found of
    [Just text] -> Just ("found", [], [("text/plain", plain text)])
    _ -> Nothing
  where
    (before, behind) = around request
