-- SPDX-License-Identifier: Apache-2.0

-- | One run: a cell's items one behind the other, and the value of the last.
module Run (cell) where

import Control.Exception
import Control.Monad
import Data.IORef
import qualified Data.Text as Text
import GHC
import GHC.Data.StringBuffer (stringToStringBuffer)
import GHC.Driver.Monad
import GHC.Driver.Session (parseDynamicFilePragma, xopt)
import GHC.LanguageExtensions.Type (Extension (Cpp))
import GHC.Parser.Header (getOptions)
import System.IO (hFlush, stdout)

import Cell
import qualified Command
import Context
import Failure (refuse)
import Home (give, importing)
import qualified Program
import Source

-- | Runs it; the reference tells the place of the item at which it is. Gives the value's text, where there is one.
cell :: Context -> IORef (Maybe Place) -> FilePath -> Bool -> String -> IO (Maybe Text.Text)
cell context at file silent source = do
  writeIORef (value context) Nothing
  writeIORef (showing context) False
  inside context (pragmas file source >>= from 1 source)
  readIORef (value context)
  where
    from line text options = do
      flags <- getInteractiveDynFlags
      found <- either (liftIO . throwIO . Unparsed) pure (cut flags file line text)
      case program found of
        Just whole | line == 1, Just name <- nameOf whole, name /= mkModuleName "Main", not (definesMain whole) ->
          give context file name text
        Just whole | line == 1, definesMain whole || isNamed whole -> do
          own <- getProgramDynFlags >>= withOptions options
          Program.run context file own whole
        _ -> do
          -- The last item alone shows its value, unless a command stands behind it.
          let count = length (items found)
              shows = [number == count && maybe True (const False) (command found) | number <- [1 .. count]]
          forM_ (zip (items found) shows) $ \(item, isLast) ->
            step item (isLast && not silent)
          forM_ (command found) $ \(Command place said (next, rest)) -> do
            liftIO (writeIORef at (Just place))
            answer <- Command.run context said
            if all (`elem` " \t\r\n") rest
              then liftIO (unless (silent || null answer) (writeIORef (value context) (Just (Text.pack answer))))
              else do
                liftIO (unless (null answer) (putStrLn answer >> hFlush stdout))
                from next rest []
    step item isLast = case item of
      Definitions place imports declarations -> do
        liftIO (writeIORef at (Just place))
        importing context (map unLoc imports)
        define declarations
      Statement place text statement -> do
        liftIO (writeIORef at (Just place))
        liftIO (writeIORef (showing context) isLast)
        perform context file text statement
    nameOf = fmap unLoc . hsmodName
    isNamed = maybe False (const True) . nameOf

-- | The options that the cell begins with hold for the context from now on.
pragmas :: FilePath -> String -> Ghc [Located String]
pragmas file source = do
  flags <- getInteractiveDynFlags
  let options = getOptions flags (stringToStringBuffer source) file
  unless (null options) $ do
    new <- withOptions options flags
    when (xopt Cpp new) $ liftIO $
      refuse "NoPreprocessor" "A cell cannot be preprocessed: put the module with CPP into a file of the working directory, and import it."
    setInteractiveDynFlags new
  pure options

withOptions :: [Located String] -> DynFlags -> Ghc DynFlags
withOptions options flags = (\(new, _, _) -> new) <$> parseDynamicFilePragma flags options
