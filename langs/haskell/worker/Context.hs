-- SPDX-License-Identifier: Apache-2.0
{-# LANGUAGE RankNTypes #-}

-- | GHC's session with the context's names: how it begins, and running a statement or a group of declarations in it.
module Context
  ( Context (..), begin, inside, define, perform, addImports, prelude, rendered, isOwnName
  ) where

import Control.Exception
import Control.Monad
import Data.IORef
import qualified Data.Text as Text
import GHC
import GHC.Builtin.Names (printName)
import GHC.Driver.Main (hscParsedDecls)
import GHC.Driver.Monad
import GHC.Driver.Session
import GHC.Driver.Types
import GHC.LanguageExtensions.Type (Extension (ExtendedDefaultRules, MonomorphismRestriction))
import GHC.Runtime.Interpreter (EvalExpr (..), mkFinalizedHValue)
import GHC.Runtime.Linker (extendLinkEnv)
import GHC.Types.Id (mkVanillaGlobal)
import GHC.Types.Name
import GHC.Types.Unique.Supply (mkSplitUniqSupply, uniqFromSupply)
import GHC.Utils.Error (mkLocMessageAnn)
import GHC.Utils.Outputable
import GHCi.RemoteTypes (HValue (..), mkRemoteRef)
import System.IO (hPutStrLn, stderr)
import Unsafe.Coerce (unsafeCoerce)

import qualified Linked

data Context = Context
  { session :: Session
  , wrapper :: ForeignHValue -- what a statement is run by
  , failure :: IORef (Maybe SomeException) -- the exception that a statement ended with, as it was
  , showing :: IORef Bool -- is the value of what runs to be kept?
  , value :: IORef (Maybe Text.Text)
  , complaints :: IORef [(SrcSpan, String)] -- errors that GHC logs rather than throws, the last one first
  , givers :: IORef [(ModuleName, FilePath)] -- the cells that modules came from
  }

-- | A value is cut off here: many are endless.
mostShown :: Int
mostShown = 1000000

newtype Shower = Shower (forall a. Show a => a -> IO ())

newtype Runner = Runner (forall a. IO a -> IO a)

inside :: Context -> Ghc a -> IO a
inside context act = reflectGhc act (session context)

-- | Begins a session with the Prelude, GHCi's language and the worker's own way to show values.
begin :: [FilePath] -> Session -> IO Context
begin folders known = flip reflectGhc known $ do
  flags <- getSessionDynFlags
  said <- liftIO (newIORef [])
  _ <- setSessionDynFlags flags { hscTarget = HscInterpreted, ghcLink = LinkInMemory, log_action = speak said, importPaths = folders }
  base <- getSessionDynFlags
  setInteractiveDynFlags $ flip gopt_unset Opt_GhciSandbox $
    xopt_set_unlessExplSpec ExtendedDefaultRules xopt_set (xopt_set_unlessExplSpec MonomorphismRestriction xopt_unset base)
  ends <- liftIO (newIORef Nothing)
  shows' <- liftIO (newIORef False)
  kept <- liftIO (newIORef Nothing)
  runner <- foreignValue (Runner (\act -> act `catch` \wrong -> writeIORef ends (Just wrong) >> throwIO wrong))
  getSession >>= liftIO . Linked.tell
  shower <- foreignValue $ Shower $ \it -> do
    wanted <- readIORef shows'
    when wanted $ evaluate (Text.pack (cutOff (show it))) >>= writeIORef kept . Just
  printing shower
  setContext [prelude]
  Context known runner ends shows' kept said <$> liftIO (newIORef [])
  where
    cutOff text = case splitAt mostShown text of { (all', "") -> all'; (some, _) -> some ++ "…" }

-- | Warnings are the compiler's words to the user, on standard error; errors are kept for whoever asked for the work.
speak :: IORef [(SrcSpan, String)] -> LogAction
speak said flags _ severity place message = case severity of
  SevWarning -> hPutStrLn stderr (showSDoc flags (mkLocMessageAnn Nothing severity place message))
  SevError -> modifyIORef said ((place, showSDoc flags message) :)
  SevFatal -> modifyIORef said ((place, showSDoc flags message) :)
  _ -> pure ()

foreignValue :: a -> Ghc ForeignHValue
foreignValue it = do
  environment <- getSession
  liftIO (mkRemoteRef (HValue (unsafeCoerce it)) >>= mkFinalizedHValue environment)

-- | Gives the context a name by which GHC shows the value of an expression. It ends in a space, so no code can say it.
printing :: ForeignHValue -> Ghc ()
printing shower = do
  environment <- getSession
  shape <- lookupName printName
  supply <- liftIO (mkSplitUniqSupply 'Q')
  case shape of
    Just (AnId known) -> do
      let names = hsc_IC environment
          name = mkExternalName (uniqFromSupply supply) (icInteractiveModule names) (mkVarOcc "print ") noSrcSpan
      liftIO (extendLinkEnv (hsc_dynLinker environment) [(name, shower)])
      setSession environment
        { hsc_IC = setInteractivePrintName (extendInteractiveContextWithIds names [mkVanillaGlobal name (idType known)]) name }
    _ -> liftIO (throwIO (userError "GHC does not know print."))

isOwnName :: String -> Bool
isOwnName = any (== ' ')

prelude :: InteractiveImport
prelude = IIDecl (simpleImportDecl (mkModuleName "Prelude")) { ideclImplicit = True }

-- | Adds them to what is imported. An import of the Prelude by the user takes the place of the implicit one.
addImports :: [ImportDecl GhcPs] -> Ghc ()
addImports new = unless (null new) $ do
  known <- getContext
  texts <- mapM rendered known
  fresh <- filterM (fmap (`notElem` texts) . rendered) (map IIDecl new)
  let own = any ((== mkModuleName "Prelude") . unLoc . ideclName) new
  setContext (fresh ++ (if own then filter (not . isImplicit) known else known))
  where
    isImplicit found = case found of { IIDecl it -> ideclImplicit it; IIModule _ -> False }

-- | Adds declarations, which must have been parsed together.
define :: [LHsDecl GhcPs] -> Ghc ()
define declarations = unless (null declarations) $ do
  environment <- getSession
  (_, names) <- liftIO (hscParsedDecls environment declarations)
  modifySession (\now -> now { hsc_IC = names })

-- | Runs a statement; what it binds stays.
perform :: Context -> FilePath -> String -> GhciLStmt GhcPs -> Ghc ()
perform context file text statement = do
  liftIO (writeIORef (failure context) Nothing)
  result <- execStmt' statement text execOptions
    { execSourceFile = file, execWrap = EvalApp (EvalThis (wrapper context)) . EvalThis }
  case result of
    ExecComplete (Right _) _ -> pure ()
    ExecComplete (Left other) _ -> liftIO (readIORef (failure context) >>= throwIO . maybe other id)
    ExecBreak {} -> liftIO (throwIO (userError "The snippet met a breakpoint, which this worker does not have."))

rendered :: Outputable a => a -> Ghc String
rendered it = do
  flags <- getInteractiveDynFlags
  names <- getPrintUnqual
  pure (showSDocForUser flags names (ppr it))
