-- SPDX-License-Identifier: Apache-2.0

-- | Modules of the user's own, which can be imported: files of the working directory, and modules that a cell has given.
--
-- GHC loads them as for GHCi, where a load forgets all names of the prompt; here they are kept.
module Home (importing, give, folders) where

import Control.Concurrent.MVar (modifyMVar_, readMVar)
import Control.Exception
import Control.Monad
import Data.IORef
import Data.Time.Clock (getCurrentTime)
import GHC
import GHC.Data.Bag (listToBag)
import GHC.Data.StringBuffer (stringToStringBuffer)
import GHC.Driver.Monad
import GHC.Driver.Phases (Phase (..))
import GHC.Driver.Types
import GHC.Runtime.Linker.Types (DynLinker (..), PersistentLinkerState (..))
import GHC.Types.Name (nameModule_maybe)
import GHC.Types.Name.Env (filterNameEnv, plusNameEnv)
import GHC.Unit.Module (isInteractiveModule, moduleNameSlashes)
import GHC.Utils.Error (mkPlainErrMsg)
import GHC.Utils.Outputable (text, vcat)
import System.Directory (doesFileExist)

import Context

-- | Where modules are looked for, as for a program in batch.
folders :: [FilePath]
folders = [".", "src", "lib", "app"]

-- | Adds imports, after loading those that are files; a file that has changed is loaded anew.
importing :: Context -> [ImportDecl GhcPs] -> Ghc ()
importing context imports = do
  wanted <- filterM isFile (map (unLoc . ideclName) imports)
  unless (null wanted) $ do
    known <- getTargets
    let new = [Target (TargetModule name) True Nothing | name <- wanted, TargetModule name `notElem` map targetId known]
    loading context known (known ++ new)
  addImports imports
  where
    isFile name = liftIO $ or <$> sequence
      [doesFileExist (folder ++ "/" ++ moduleNameSlashes name ++ ending) | folder <- folders, ending <- [".hs", ".lhs"]]

-- | Makes a module of that text, and imports it.
give :: Context -> FilePath -> ModuleName -> String -> Ghc ()
give context file name source = do
  known <- getTargets
  earlier <- liftIO (readIORef (givers context))
  now <- liftIO getCurrentTime
  let others = [target | target <- known, targetId target `notElem` [TargetFile old (Just begun) | Just old <- [lookup name earlier]]]
  loading context known (Target (TargetFile file (Just begun)) False (Just (stringToStringBuffer source, now)) : others)
  liftIO (writeIORef (givers context) ((name, file) : filter ((/= name) . fst) earlier))
  addImports [simpleImportDecl name]
  where
    begun = Cpp HsSrcFile

-- | Loads those targets; when that fails, those that were there before stay.
loading :: Context -> [Target] -> [Target] -> Ghc ()
loading context before targets = do
  liftIO (writeIORef (complaints context) [])
  setTargets targets
  outcome <- keepingNames (load LoadAllTargets)
  case outcome of
    Right Succeeded -> pure ()
    Right Failed -> do
      setTargets before
      flags <- getSessionDynFlags
      said <- liftIO (readIORef (complaints context))
      liftIO (throwIO (mkSrcErr (listToBag [mkPlainErrMsg flags place (vcat (map text (lines words'))) | (place, words') <- reverse said])))
    Left failure -> setTargets before >> liftIO (throwIO (failure :: SomeException))

-- | A load drops the names of the prompt, and what they are bound to; both are put back.
keepingNames :: Ghc a -> Ghc (Either SomeException a)
keepingNames act = do
  before <- getSession
  let DynLinker linker = hsc_dynLinker before
  held <- liftIO (readMVar linker)
  outcome <- reifyGhc (try . reflectGhc act)
  modifySession (\now -> now { hsc_IC = hsc_IC before })
  forM_ held $ \old -> liftIO $ modifyMVar_ linker $ pure . fmap (\now -> now
    { closure_env = filterNameEnv (isOfPrompt . fst) (closure_env old) `plusNameEnv` closure_env now
    , itbl_env = filterNameEnv (isOfPrompt . fst) (itbl_env old) `plusNameEnv` itbl_env now })
  pure outcome

isOfPrompt :: Name -> Bool
isOfPrompt = maybe False isInteractiveModule . nameModule_maybe
