-- SPDX-License-Identifier: Apache-2.0

-- | A whole module: compiled by itself, without the context's names, which it then joins; its main is run.
module Program (run) where

import Control.Exception
import Control.Monad
import GHC hiding (parseModule)
import GHC.Driver.Monad
import GHC.Driver.Types
import GHC.Parser (parseStmt)
import GHC.Types.Name
import GHC.Types.Name.Env (emptyNameEnv)
import GHC.Types.Name.Reader (emptyGlobalRdrEnv)

import Cell (definesMain)
import Context
import Home (importing)
import Source

-- | The flags are those that a file with the module's pragmas has. A module without a header may also use the context's
-- names, but only where it does not compile without them.
run :: Context -> FilePath -> DynFlags -> HsModule -> Ghc ()
run context file flags found = do
  before <- hsc_IC <$> getSession
  let alone = before
        { ic_dflags = flags, ic_tythings = filter (isOwnName . getOccString) (ic_tythings before)
        , ic_rn_gbl_env = emptyGlobalRdrEnv, ic_instances = ([], []), ic_fix_env = emptyNameEnv, ic_default = Nothing
        , ic_imports = [] }
      restore now = setContextOf now { ic_mod_index = max (ic_mod_index now) (ic_mod_index before) }
  apart <- trying $ do
    setContextOf alone
    setContext [prelude | not (importsPrelude found)]
    body
  case apart of
    Right () -> do
      after <- hsc_IC <$> getSession
      setContextOf (joined before after)
      addImports imports
      start
    Left failure
      | Just _ <- fromException failure :: Maybe SourceError, Nothing <- hsmodName found -> do
          restore before
          again <- trying body
          either (\wrong -> restore before >> liftIO (throwIO wrong)) (const start) again
      | otherwise -> restore before >> liftIO (throwIO failure)
  where
    imports = map unLoc (hsmodImports found)
    body = do
      importing context imports
      define (hsmodDecls found)
    start = when (definesMain found) $ do
      main <- either (liftIO . throwIO . Unparsed) pure (parseAll parseStmt flags file (1, 1) "_ <- main")
      mapM_ (perform context file "main") main

setContextOf :: InteractiveContext -> Ghc ()
setContextOf names = modifySession (\now -> now { hsc_IC = names })

-- | The context's names and, before them, the module's.
joined :: InteractiveContext -> InteractiveContext -> InteractiveContext
joined before after = extendInteractiveContext before { ic_mod_index = ic_mod_index after }
  (filter (not . isOwnName . getOccString) (ic_tythings after)) classes families (ic_default before) (ic_fix_env after)
  where
    (classes, families) = ic_instances after

importsPrelude :: HsModule -> Bool
importsPrelude found = mkModuleName "Prelude" `elem` map (unLoc . ideclName . unLoc) (hsmodImports found)

trying :: Ghc a -> Ghc (Either SomeException a)
trying act = reifyGhc (try . reflectGhc act)
