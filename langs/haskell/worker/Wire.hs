-- SPDX-License-Identifier: Apache-2.0
{-# LANGUAGE CApiFFI #-}
{-# LANGUAGE OverloadedStrings #-}

-- | Frames over two descriptors, as langs/WORKER.md has them.
--
-- Owned by the main thread, which alone reads and sends; a snippet's thread never does, so no interrupt can meet a
-- frame half written. Descriptors 0, 1 and 2 are not touched here, but for the flush that comes before each frame.
module Wire (Wire, Request (..), Part, open, receive, send, part, attribute, keepHigh, plain) where

import qualified Data.ByteString as Bytes
import qualified Data.ByteString.Char8 as Ascii
import qualified Data.ByteString.Internal as Bytes (createAndTrim)
import qualified Data.ByteString.Unsafe as Bytes
import Data.ByteString (ByteString)
import Data.IORef
import qualified Data.Text as Text
import qualified Data.Text.Encoding as Text
import qualified Data.Text.Encoding.Error as Text
import Control.Concurrent (threadWaitRead, yield)
import Control.Monad (replicateM_)
import Foreign.C.Error (throwErrnoIfMinus1)
import Foreign.C.Types (CInt (..))
import Foreign.Ptr (castPtr)
import System.Posix.IO (closeFd, fdReadBuf, fdWriteBuf)
import System.Posix.Types (Fd (..))

data Wire = Wire { requests :: Fd, replies :: Fd, unread :: IORef ByteString, flushFirst :: IO () }

data Request = Request { kind :: ByteString, attributes :: [(ByteString, ByteString)], parts :: [Part] }

type Part = (ByteString, ByteString)

foreign import capi "fcntl.h fcntl" fcntl :: CInt -> CInt -> CInt -> IO CInt
foreign import capi "fcntl.h value F_DUPFD_CLOEXEC" duplicateClosedOnExec :: CInt

-- | A copy of the descriptor, far from those that a snippet opens, which no child inherits.
keepHigh :: Fd -> IO Fd
keepHigh (Fd fd) = Fd <$> throwErrnoIfMinus1 "fcntl" (fcntl fd duplicateClosedOnExec 200)

open :: IO () -> IO Wire
open flush = Wire <$> moved 3 <*> moved 4 <*> newIORef Bytes.empty <*> pure flush
  where
    moved fd = keepHigh fd <* closeFd fd

attribute :: ByteString -> Request -> Maybe ByteString
attribute key = lookup key . attributes

-- | That part as text, empty when it is not there. What is no UTF-8 becomes replacement characters.
part :: ByteString -> Request -> Maybe String
part name = fmap (Text.unpack . Text.decodeUtf8With Text.lenientDecode) . lookup name . parts

plain :: String -> ByteString
plain = Text.encodeUtf8 . Text.pack

-- | The next request, or nothing at the end of requests.
receive :: Wire -> IO (Maybe Request)
receive wire = line >>= traverse request
  where
    line = do
      known <- readIORef (unread wire)
      case Ascii.elemIndex '\n' known of
        Just end -> Just (Bytes.take end known) <$ writeIORef (unread wire) (Bytes.drop (end + 1) known)
        Nothing -> more >>= \came -> if came then line else pure Nothing
    request text = do
      let (kind', words') = case Ascii.split ' ' text of { first : rest -> (first, rest); [] -> ("", []) }
      bodies <- sequence [(,) name <$> body size | Right (name, size) <- map word words']
      -- An interrupt of the run before has been sent before this request: its handler has its turns first.
      replicateM_ 3 yield
      pure (Request kind' [pair | Left pair <- map word words'] bodies)
    body size = do
      known <- readIORef (unread wire)
      if Bytes.length known >= size
        then Bytes.take size known <$ writeIORef (unread wire) (Bytes.drop size known)
        else do
          chunks <- gather (size - Bytes.length known)
          let (mine, rest) = Bytes.splitAt size (Bytes.concat (known : chunks))
          mine <$ writeIORef (unread wire) rest
    gather missing
      | missing <= 0 = pure []
      | otherwise = do
          chunk <- chunkOf wire
          if Bytes.null chunk then pure [] else (chunk :) <$> gather (missing - Bytes.length chunk)
    more = do
      chunk <- chunkOf wire
      modifyIORef' (unread wire) (<> chunk)
      pure (not (Bytes.null chunk))

chunkOf :: Wire -> IO ByteString
chunkOf wire = do
  threadWaitRead (requests wire)
  Bytes.createAndTrim 65536 $ \room -> fromIntegral <$> fdReadBuf (requests wire) (castPtr room) 65536

-- | One word of a frame's first line: an attribute, or a part's name and size.
word :: ByteString -> Either (ByteString, ByteString) (ByteString, Int)
word text = case Ascii.spanEnd (/= ':') text of
  (name, digits) | Just (size, "") <- Ascii.readInt digits, not (Bytes.null name) -> Right (Bytes.init name, size)
  _ -> let (key, value) = Ascii.break (== '=') text in Left (key, Bytes.drop 1 value)

send :: Wire -> ByteString -> [(ByteString, ByteString)] -> [Part] -> IO ()
send wire kind' attributes' parts' = flushFirst wire >> write (Bytes.concat (Ascii.unwords line : "\n" : map snd parts'))
  where
    line = kind' : [key <> "=" <> value | (key, value) <- attributes'] ++ [name <> ":" <> size body' | (name, body') <- parts']
    size = Ascii.pack . show . Bytes.length
    write bytes | Bytes.null bytes = pure ()
    write bytes = do
      count <- Bytes.unsafeUseAsCStringLen bytes $ \(room, size') -> fdWriteBuf (replies wire) (castPtr room) (fromIntegral size')
      write (Bytes.drop (fromIntegral count) bytes)
