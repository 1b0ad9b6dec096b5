-- SPDX-License-Identifier: Apache-2.0
{-# LANGUAGE CPP #-}

-- | Tells GHC's linker what is linked already: the libraries that this program itself is made of.
--
-- Else it would look for each of them again when a session begins, and ask gcc where the C library is.
module Linked (tell) where

import Control.Concurrent.MVar (modifyMVar_)
import qualified Data.Set as Set
import GHC.Driver.Types (HscEnv (..))
import GHC.Driver.Session (DynFlags (..))
import GHC.Runtime.Interpreter (initObjLinker)
import GHC.Runtime.Linker (initDynLinker)
import GHC.Runtime.Linker.Types (DynLinker (..), PersistentLinkerState (..))
import GHC.Types.Name.Env (emptyNameEnv)
import GHC.Unit.Info (GenericUnitInfo (..))
import GHC.Unit.State (UnitState, lookupUnitId)
import GHC.Unit.Types (UnitId, stringToUnitId)

tell :: HscEnv -> IO ()
tell environment = case Set.toList (needed (unitState (hsc_dflags environment)) (stringToUnitId ("ghc-" ++ VERSION_ghc))) of
  [] -> initDynLinker environment
  units -> do
    initObjLinker environment
    modifyMVar_ (dl_mpls (hsc_dynLinker environment)) $ \_ -> pure $ Just PersistentLinkerState
      { closure_env = emptyNameEnv, itbl_env = emptyNameEnv, pkgs_loaded = units, bcos_loaded = [], objs_loaded = [], temp_sos = [] }

-- | That library and all that it depends on, where it is known.
needed :: UnitState -> UnitId -> Set.Set UnitId
needed units first = go Set.empty [first]
  where
    go known [] = known
    go known (unit : rest)
      | unit `Set.member` known = go known rest
      | otherwise = case lookupUnitId units unit of
          Nothing -> go known rest
          Just found -> go (Set.insert unit known) (unitDepends found ++ rest)
