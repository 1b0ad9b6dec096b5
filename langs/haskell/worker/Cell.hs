-- SPDX-License-Identifier: Apache-2.0

-- | Cuts a cell into imports, declarations, statements and commands, by GHC's own lexer and parser.
--
-- A cell is read as if it were the body of a block: what begins in the column of its first token is the next item. Each item
-- is tried as a declaration and as a statement; neighbouring declarations are parsed together, so that the equations of a
-- function are one. Nothing is run here, and nothing of a cell runs unless all of it could be parsed.
module Cell (Cell (..), Item (..), Command (..), cut, definesMain) where

import qualified Data.Set as Set
import GHC hiding (Kind, parseModule)
import GHC.Parser (parseModule, parseStmt)
import GHC.Parser.Lexer (Token (..))
import GHC.Types.Name.Occurrence (occNameString)
import GHC.Types.Name.Reader (rdrNameOcc)
import GHC.Utils.Error (ErrorMessages)

import Source

data Item
  = Definitions Place [LImportDecl GhcPs] [LHsDecl GhcPs]
  | Statement Place String (GhciLStmt GhcPs)

-- | A line that begins with a colon, and the text behind it with its first line's number.
data Command = Command Place String (Int, String)

data Cell = Cell
  { program :: Maybe HsModule -- the whole cell, when it is nothing but a module
  , items :: [Item]
  , command :: Maybe Command
  }

-- | What begins at that place: its own text, and all text up to the next one.
data Chunk = Chunk { start :: Place, own :: String, whole :: String }

-- | What a chunk is when it stands alone.
data Kind
  = Part [LImportDecl GhcPs] [LHsDecl GhcPs] [String] -- with the names that it binds
  | Signature [String] (LHsDecl GhcPs) (Maybe (GhciLStmt GhcPs)) -- or an expression with its type
  | Doing (GhciLStmt GhcPs)
  | Wrong ErrorMessages

-- | The cell up to its first command.
cut :: DynFlags -> FilePath -> Int -> String -> Either ErrorMessages Cell
cut flags file line text = case tokens of
  Lexeme { token = ITmodule } : _ -> asModule
  _ | Nothing <- stop, all isPart kinds, not (null kinds) -> do
        cell <- asModule
        parts <- grouped flags file sorted
        pure cell { items = parts }
    | otherwise -> Cell Nothing <$> grouped flags file sorted <*> pure stop
  where
    tokens = lexemes flags file (line, 1) text
    (chunks, stop) = chunked text tokens
    kinds = map fst sorted
    alone = [(kindOf flags file chunk, chunk) | chunk <- chunks]
    bound = Set.fromList (concat [names | (Part _ _ names, _) <- alone])
    sorted = [(settle kind, chunk) | (kind, chunk) <- alone]
    settle kind = case kind of
      Signature names declaration (Just statement)
        | not (any (`Set.member` bound) names) -> Doing statement
        | otherwise -> Part [] [declaration] []
      Signature _ declaration Nothing -> Part [] [declaration] []
      _ -> kind
    isPart kind = case kind of { Part {} -> True; _ -> False }
    asModule = do
      L _ found <- parseAll parseModule flags file (line, 1) text
      pure (Cell (Just found) [] Nothing)

-- | Cuts the text where items begin. A command ends it.
chunked :: String -> [Lexeme] -> ([Chunk], Maybe Command)
chunked text tokens = pieces 0 text (marks False False 0 tokens)
  where
    base = case tokens of { [] -> 1; first : _ -> snd (place first) }
    -- Offsets with what is there: the begin of an item, an explicit end of one, or a command.
    marks _ _ _ [] = []
    marks open blocks line (lexeme : rest)
      | begins, isCommand (token lexeme) = [(offset lexeme, Stop (place lexeme))]
      | begins || not open && not isSemi = (offset lexeme, Begin (place lexeme)) : marks True (block (token lexeme)) here rest
      | isSemi, not blocks = (offset lexeme, End) : marks False False here rest
      | otherwise = marks open (blocks || block (token lexeme)) here rest
      where
        here = fst (place lexeme)
        begins = here > line && snd (place lexeme) <= base && not (continues (token lexeme)) && not isSemi
        isSemi = case token lexeme of { ITsemi -> True; _ -> False }
    pieces at rest found = case found of
      [] -> ([], Nothing)
      (from, End) : more -> pieces from (drop (from - at) rest) more
      (from, Stop there) : _ ->
        let (said, after) = break (== '\n') (drop (from - at) rest)
        in ([], Just (Command there said (fst there + 1, drop 1 after)))
      (from, Begin there) : more ->
        let here = drop (from - at) rest
            upTo isEnd = case [next | (next, mark) <- more, isEnd mark] of { next : _ -> take (next - from) here; [] -> here }
            (chunks, stop) = pieces from here more
        in (Chunk there (upTo (const True)) (upTo (not . ended)) : chunks, stop)
    ended mark = case mark of { End -> True; _ -> False }
    isCommand found = case found of { ITcolon -> True; ITconsym _ -> True; _ -> False }
    continues found = case found of { ITthen -> True; ITelse -> True; _ -> False }
    block found = case found of
      ITdo _ -> True
      ITmdo _ -> True
      ITof -> True
      ITlcase -> True
      ITlet -> True
      ITwhere -> True
      ITrec -> True
      ITocurly -> True
      _ -> False

data Mark = Begin Place | End | Stop Place

kindOf :: DynFlags -> FilePath -> Chunk -> Kind
kindOf flags file chunk = case parseAll parseModule flags file (start chunk) (own chunk) of
  Right (L _ HsModule { hsmodImports = imports, hsmodDecls = declarations })
    | any (isExpression . unLoc) declarations -> either Wrong (maybe nothing Doing) statement
    | [declaration@(L _ (SigD _ (TypeSig _ names _)))] <- declarations ->
        Signature (map (named . unLoc) names) declaration (either (const Nothing) id statement)
    | otherwise -> Part imports declarations (concatMap (binders . unLoc) declarations)
  Left wrong -> case statement of
    Right found -> maybe nothing Doing found
    Left wrong' -> Wrong (if reach wrong' > reach wrong then wrong' else wrong)
  where
    nothing = Part [] [] []
    statement = parseAll parseStmt flags file (start chunk) (own chunk)
    isExpression declaration = case declaration of
      SpliceD _ (SpliceDecl _ _ ImplicitSplice) -> True
      _ -> False

binders :: HsDecl GhcPs -> [String]
binders declaration = case declaration of
  ValD _ binding -> map named (collectHsBindBinders binding)
  _ -> []

named :: RdrName -> String
named = occNameString . rdrNameOcc

-- | Parses neighbouring declarations together; imports behind a declaration begin anew.
grouped :: DynFlags -> FilePath -> [(Kind, Chunk)] -> Either ErrorMessages [Item]
grouped flags file found = case found of
  [] -> pure []
  (Wrong messages, _) : _ -> Left messages
  (Doing statement, chunk) : rest -> (Statement (start chunk) (own chunk) statement :) <$> grouped flags file rest
  (Signature {}, _) : rest -> grouped flags file rest -- all are settled by now
  (Part imports declarations _, chunk) : rest -> case together (null declarations) rest of
    ([], _) -> (Definitions (start chunk) imports declarations :) <$> grouped flags file rest
    (more, behind) -> do
      L _ parsed <- parseAll parseModule flags file (start chunk) (concatMap whole (chunk : map snd more))
      (Definitions (start chunk) (hsmodImports parsed) (hsmodDecls parsed) :) <$> grouped flags file behind
  where
    together importing rest = case rest of
      (kind@(Part imports declarations _), chunk) : more | null imports || importing ->
        let (mine, behind) = together (importing && null declarations) more in ((kind, chunk) : mine, behind)
      _ -> ([], rest)

-- | Does that module bind main?
definesMain :: HsModule -> Bool
definesMain found = "main" `elem` concatMap (binders . unLoc) (hsmodDecls found)
