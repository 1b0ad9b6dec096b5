-- SPDX-License-Identifier: Apache-2.0

-- | GHCi's commands that a notebook has a use for.
module Command (run) where

import Control.Monad
import Data.Char (isSpace)
import Data.List (dropWhileEnd, isPrefixOf)
import GHC
import GHC.Core.Ppr.TyThing (pprTypeForUser)
import GHC.Driver.Monad
import GHC.Utils.Outputable

import Context
import Describe
import Failure (refuse)
import Home (importing)

-- | Runs the line, which begins with a colon; gives what it has to say.
run :: Context -> String -> Ghc String
run context line = case break isSpace (trim line) of
  (":", _) -> pure ""
  (name, rest)
    | name `elem` [":{", ":}"] -> pure ""
    | is 2 ":type" -> ofType words'
    | is 2 ":kind" -> ofKind words'
    | is 2 ":info" -> describe True words' >>= maybe (liftIO (refuse "NotInScope" (quoted words' ++ " is not in scope."))) pure
    | is 2 ":set" || is 4 ":seti" -> "" <$ set (words words')
    | is 2 ":module" -> "" <$ modules context (words words')
    | otherwise -> liftIO $ refuse "UnknownCommand" $
        quoted name ++ " is no command here. Those that are: :type, :kind, :info, :set, :module."
    where
      is least known = length name >= least && name `isPrefixOf` known
      words' = trim rest

trim :: String -> String
trim = dropWhileEnd isSpace . dropWhile isSpace

quoted :: String -> String
quoted text = "‘" ++ text ++ "’"

ofType, ofKind :: String -> Ghc String
ofType expression = do
  found <- exprType TM_Inst expression
  typed expression found
ofKind expression = do
  (_, found) <- typeKind False expression
  typed expression found

typed :: String -> Type -> Ghc String
typed expression found = do
  flags <- getInteractiveDynFlags
  names <- getPrintUnqual
  pure (showSDocForUser flags names (text expression <+> nest 2 (dcolon <+> pprTypeForUser found)))

-- | Flags hold for what is interpreted from now on, -package also for what can be imported.
set :: [String] -> Ghc ()
set flags = do
  old <- getInteractiveDynFlags
  (new, rest, _) <- parseDynamicFlags old (map noLoc flags)
  forM_ (take 1 rest) $ \flag ->
    liftIO $ refuse "UnknownOption" $
      quoted (unLoc flag) ++ " is no option that can be set. It takes what GHC takes, as in :set -XLambdaCase."
  program <- getProgramDynFlags
  (more, _, _) <- parseDynamicFlags program (map noLoc flags)
  _ <- setProgramDynFlags more
  packages <- getProgramDynFlags
  setInteractiveDynFlags new
    { packageFlags = packageFlags packages, unitState = unitState packages, unitDatabases = unitDatabases packages }

modules :: Context -> [String] -> Ghc ()
modules context names = do
  known <- getContext
  case names of
    ('-' : first) : rest -> do
      let gone = map mkModuleName (filter (not . null) (first : rest))
      setContext [it | it <- known, nameOf it `notElem` map Just gone]
    _ -> importing context [simpleImportDecl (mkModuleName name) | name <- names, name /= "+"]
  where
    nameOf it = case it of { IIDecl found -> Just (unLoc (ideclName found)); IIModule name -> Just name }
