-- SPDX-License-Identifier: Apache-2.0

-- | GHC's lexer and parser on a piece of a cell, with the places that the piece has in the cell.
module Source (Place, Lexeme (..), Unparsed (..), lexemes, lexesWhole, parseAll, reach) where

import Control.Exception (Exception)
import GHC hiding (parser)
import GHC.Data.Bag (bagToList, isEmptyBag)
import GHC.Data.FastString (mkFastString)
import GHC.Data.StringBuffer (stringToStringBuffer)
import GHC.Parser.Lexer (P (..), PState, ParseResult (..), Token (..), getMessages, lexer, mkPState)
import GHC.Types.SrcLoc
import GHC.Utils.Error (ErrorMessages, errMsgSpan)

-- | Line and column, both from 1.
type Place = (Int, Int)

-- | A token of the text. Offsets count characters.
data Lexeme = Lexeme { token :: Token, offset :: Int, beyond :: Int, place :: Place, placeBeyond :: Place }

-- | Thrown for what could not be parsed, so that it is known from what could not be compiled.
newtype Unparsed = Unparsed ErrorMessages

instance Show Unparsed where
  show (Unparsed messages) = show (bagToList messages)

instance Exception Unparsed

stateAt :: DynFlags -> FilePath -> Place -> String -> PState
stateAt flags file (line, column) text =
  mkPState flags (stringToStringBuffer text) (mkRealSrcLoc (mkFastString file) line column)

-- | The tokens of a text, without those that only the layout makes, up to its end or to what is none.
lexemes :: DynFlags -> FilePath -> Place -> String -> [Lexeme]
lexemes flags file at = fst . scan flags file at

-- | Could all of it be lexed?
lexesWhole :: DynFlags -> String -> Either ErrorMessages ()
lexesWhole flags = snd . scan flags "" (1, 1)

scan :: DynFlags -> FilePath -> Place -> String -> ([Lexeme], Either ErrorMessages ())
scan flags file at text = go (stateAt flags file at text)
  where
    go now = case unP (lexer False pure) now of
      PFailed after -> ([], Left (snd (getMessages after flags)))
      POk _ (L _ ITeof) -> ([], Right ())
      POk next (L (RealSrcSpan span' (Just (BufSpan (BufPos first) (BufPos end)))) found) | first < end ->
        let (rest, ending) = go next
        in (Lexeme found first end (placeOf span') (srcSpanEndLine span', srcSpanEndCol span') : rest, ending)
      POk next _ -> go next

placeOf :: RealSrcSpan -> Place
placeOf span' = (srcSpanStartLine span', srcSpanStartCol span')

parseAll :: P a -> DynFlags -> FilePath -> Place -> String -> Either ErrorMessages a
parseAll parser flags file at text = case unP parser (stateAt flags file at text) of
  POk after found | isEmptyBag (errors after) -> Right found
                  | otherwise -> Left (errors after)
  PFailed after -> Left (errors after)
  where
    errors after = snd (getMessages after flags)

-- | How far the parser came: the place of the last error.
reach :: ErrorMessages -> Place
reach messages = maximum ((0, 0) : [placeOf span' | RealSrcSpan span' _ <- map errMsgSpan (bagToList messages)])
