-- SPDX-License-Identifier: Apache-2.0

-- | What GHC knows of a name, in the words of GHCi's :info.
module Describe (describe) where

import Control.Exception
import Control.Monad
import GHC
import GHC.Core.Ppr.TyThing (pprTyThingInContextLoc)
import GHC.Driver.Monad
import GHC.Driver.Types (SourceError)
import GHC.Types.Name (isSymOcc)
import GHC.Utils.Outputable hiding ((<>))
import qualified GHC.Utils.Outputable as Outputable

-- | All that the text names, with the instances if they are asked for; nothing when it names nothing.
describe :: Bool -> String -> Ghc (Maybe String)
describe instances text = do
  names <- reifyGhc (\session -> reflectGhc (parseName text) session `catch` \wrong -> const (pure []) (wrong :: SourceError))
  found <- forM names $ \name ->
    if instances
      then maybe [] (\(thing, fixity, classes, _, _) -> [shape thing $$ infixity name fixity $$ vcat (map pprInstance classes)])
             <$> getInfo False name
      else maybe [] (\thing -> [shape thing]) <$> lookupName name -- without reading of all that has instances
  flags <- getInteractiveDynFlags
  unqualified <- getPrintUnqual
  pure (if null (concat found) then Nothing else Just (showSDocForUser flags unqualified (vcat (concat found))))
  where
    shape = pprTyThingInContextLoc
    infixity name fixity
      | fixity == defaultFixity = empty
      | otherwise = ppr fixity <+> infixName (getOccName name)
    infixName name | isSymOcc name = ppr name
                   | otherwise = char '`' Outputable.<> ppr name Outputable.<> char '`'
